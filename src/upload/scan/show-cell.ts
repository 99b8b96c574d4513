const maxShown = 40;

// Line ends would break a log line, and direction marks could make a message read as something else.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** A cell as messages show it: in quotes, at most 40 characters, with whatever does not print escaped. */
export function showCell(text: string): string {
  // A character is at most two UTF-16 units, so a long cell is never walked to its end.
  const characters = [...text.slice(0, 2 * maxShown + 1)];
  const shown = characters.slice(0, maxShown).join('');
  const escaped = shown.replace(unprintable, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${escaped}${characters.length > maxShown ? '…' : ''}"`;
}

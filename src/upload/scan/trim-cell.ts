/**
 * Trims as upstream does: every character up to U+0020, and no other. `String.prototype.trim` takes more
 * (the no-break space among them), and would call a cell empty that upstream does not.
 */
export function trimCell(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

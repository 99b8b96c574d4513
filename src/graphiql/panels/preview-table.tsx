import type { CsvPreview } from '../files/csv-preview.ts';

/** The header's columns and the first rows of a file. */
export function PreviewTable({ preview, name }: { readonly preview: CsvPreview; readonly name: string }) {
  const { header, rows, problem } = preview;
  return (
    <>
      {problem && <p className="cx-problem">{problem}</p>}
      {header.length > 0 && (
        // Focusable, since a wide table scrolls, and a keyboard must be able to.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls
        <section className="cx-scroll" tabIndex={0} aria-label={`First rows of ${name}`}>
          <table>
            <thead>
              <tr>
                {header.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a column is its position
                  <th key={column} scope="col">
                    <span className="cx-quiet">{column}</span> {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, line) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows never move
                <tr key={line}>
                  {row.map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its position
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

import { type ColumnName, columnNames } from './column-names.ts';

/** The zero-based column whose header is one of a field's names, tried in their order; `undefined`: none. */
export function findColumn(header: readonly string[], name: ColumnName): number | undefined {
  const plain = header.map((cell) => cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  for (const candidate of columnNames[name]) {
    const column = plain.indexOf(candidate);
    if (column >= 0) return column;
  }
  return undefined;
}

import { type ColumnName, columnNames } from './column-names.ts';

/** The zero-based column whose header goes by one of a field's names, in the order of the names; `undefined`: none. */
export function findColumn(header: readonly string[], name: ColumnName): number | undefined {
  const plain = header.map((cell) => cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  for (const candidate of columnNames[name]) {
    const column = plain.indexOf(candidate);
    if (column >= 0) return column;
  }
  return undefined;
}

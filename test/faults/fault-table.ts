import { isDeepStrictEqual } from 'node:util';
import { noAnswer, replayed } from './answer-word.ts';
import type { UpstreamHas } from './judge-row.ts';
import type { FaultRow } from './run-faults.ts';

const has: Record<UpstreamHas, string> = {
  nothing: 'nothing',
  'a part': 'a part, refused',
  'the file': 'the file, no job',
  'a job': 'the file, a job',
};

/** The columns that are the same in every run. */
export function stableCells({ name, got, upstream, repeat, leftOver }: FaultRow): string[] {
  const told = got === noAnswer ? noAnswer : `\`${got}\``;
  const makes = upstream === 'a job' ? 'makes another job' : 'makes the job';
  const then = repeat === replayed ? 'finds the job' : repeat === 'UploadAccepted' ? makes : repeat;
  return [name, told, has[upstream], then, leftOver];
}

/** The rows as Markdown, a table for each side. The seconds are this run's. */
export function faultTable(rows: readonly FaultRow[]): string {
  const sides = [...new Set(rows.map(({ side }) => side))];
  return sides
    .map((side) => {
      const lines = rows.filter((row) => row.side === side).map(toLine);
      return `### ${side}\n\n${head}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

const head = `| what happens | the client gets | after s | Capillary has | a repeat at once | left over |
|---|---|---|---|---|---|`;

function toLine(row: FaultRow): string {
  const [name, told, ...rest] = stableCells(row);
  return `| ${[name, told, (row.ms / 1000).toFixed(1), ...rest].join(' | ')} |`;
}

/** The stable cells of every line of a printed table, by the name of the case. */
export function readStableCells(markdown: string): Map<string, string[]> {
  const rows = markdown
    .split('\n')
    .filter((line) => /^\| .* \|$/.test(line) && !line.startsWith('| what happens |'))
    .map((line) => {
      const cells = line.slice(2, -2).split(' | ');
      return cells.toSpliced(2, 1);
    });
  return new Map(rows.map((cells) => [cells[0] ?? '', cells]));
}

/** Whether a row's stable cells are those of the printed table, or it has no such row. */
export function isAsPrinted(row: FaultRow, printed: ReadonlyMap<string, readonly string[]>): boolean {
  return !printed.has(row.name) || isDeepStrictEqual(stableCells(row), printed.get(row.name));
}

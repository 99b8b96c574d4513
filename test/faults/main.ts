/**
 * The fault matrix: `npm run faults`. `npm run faults -- --write` puts the table into docs/faults.md, and words after
 * `--` choose the rows whose name has them. Ends with 1 when an invariant is broken.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { faultCases } from './fault-list.ts';
import { faultTable, isAsPrinted, readStableCells } from './fault-table.ts';
import { runFaults } from './run-faults.ts';

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('--')).join(' ');
const cases = faultCases().filter(({ name, side }) => `${side}: ${name}`.includes(words));
const docs = new URL('../../docs/faults.md', import.meta.url);
const text = readFileSync(docs, 'utf8');
const printed = readStableCells(text);
const rows = await runFaults({
  cases,
  isGood: (row) => row.broken.times.length === 0 && isAsPrinted(row, printed),
  onRow: ({ name }) =>
    process.stderr.write(`${name}
`),
});
const table = faultTable(rows);
process.stdout.write(`${table}\n`);
const broken = rows.flatMap(({ name, broken: { promises, times } }) => {
  const sentences = [...promises, ...times];
  return sentences.length > 0 ? [`BROKEN: ${name}. ${sentences.join(' ')}\n`] : [];
});
process.stdout.write(broken.join(''));
if (args.includes('--write') && words === '') {
  const marks = /(<!-- npm run faults -->\n)[\s\S]*(<!-- end -->)/;
  if (!marks.test(text)) throw new Error('docs/faults.md has no marks to write between.');
  writeFileSync(
    docs,
    text.replace(marks, (_all, from, to) => `${from}\n${table}\n${to}`),
  );
}
process.exitCode = broken.length > 0 ? 1 : 0;

/**
 * The fault matrix: `npm run faults`. `npm run faults -- --write` puts the table into docs/faults.md, and words after
 * `--` choose the rows whose name has them. Ends with 1 when an invariant is broken.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { faultTable } from './fault-table.ts';
import { faultCases, runFaults } from './run-faults.ts';

const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('--')).join(' ');
const cases = faultCases().filter(({ name, side }) => `${side}: ${name}`.includes(words));
const rows = await runFaults({
  cases,
  onRow: ({ name }) =>
    process.stderr.write(`${name}
`),
});
const table = faultTable(rows);
process.stdout.write(`${table}\n`);
const broken = rows.filter((row) => row.broken.length > 0);
for (const { name, broken: sentences } of broken) {
  process.stdout.write(`BROKEN: an upload whose ${name}. ${sentences.join(' ')}\n`);
}
if (args.includes('--write') && words === '') {
  const docs = new URL('../../docs/faults.md', import.meta.url);
  const text = readFileSync(docs, 'utf8');
  const marks = /(<!-- npm run faults -->\n)[\s\S]*(<!-- end -->)/;
  if (!marks.test(text)) throw new Error('docs/faults.md has no marks to write between.');
  writeFileSync(
    docs,
    text.replace(marks, (_all, from, to) => `${from}\n${table}\n${to}`),
  );
}
process.exitCode = broken.length > 0 ? 1 : 0;

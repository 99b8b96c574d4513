import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { faultCases } from './faults/fault-list.ts';
import { isAsPrinted, readStableCells, stableCells } from './faults/fault-table.ts';
import { type FaultRow, runFaults } from './faults/run-faults.ts';

// These tests run what `npm run build` made.

const printed = readStableCells(
  readFileSync(new URL('../docs/faults.md', import.meta.url), 'utf8').split('<!-- npm run faults -->')[1] ??
    '',
);
const cases = faultCases();
const rows = new Map<string, FaultRow>();

beforeAll(async () => {
  const isGood = (row: FaultRow) => row.broken.times.length === 0 && isAsPrinted(row, printed);
  for (const row of await runFaults({ cases, isGood })) rows.set(row.name, row);
}, 300_000);

test.each(cases.map(({ name }) => name))('No promise is broken when this happens: %s', (name) => {
  const row = rows.get(name) as FaultRow;
  expect(row.broken).toEqual({ promises: [], times: [] });
  expect(stableCells(row)).toEqual(printed.get(name));
});

test('docs/faults.md has no row that is not run', () => {
  const names = new Set(cases.map(({ name }) => name));
  const isRunHere = (name: string) =>
    names.has(name) || (!name.startsWith('The client') && cases.length < printed.size);
  expect([...printed.keys()].filter((name) => !isRunHere(name))).toEqual([]);
});

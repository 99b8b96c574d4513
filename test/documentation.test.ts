import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { errorTable } from '../src/errors.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test("README's error table and the code's are the same", () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (.+) \|$/gm)];
  const documented = rows.map(([, code, status, meaning]) => ({ code, status: Number(status), meaning }));
  const real = Object.entries(errorTable).map(([code, row]) => ({
    code,
    status: 'httpStatus' in row ? row.httpStatus : 200,
    meaning: row.meaning,
  }));
  expect(documented).toEqual(real);
});

test("README's settings are all those that are read, and no other", () => {
  const read = new Set<string>();
  const env = new Proxy({} as Record<string, string | undefined>, {
    get: (_, name) => void read.add(String(name)),
  });
  parseConfig(env);
  const table = readme.slice(readme.indexOf('## Settings'), readme.indexOf('## Errors'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
  );
  expect(documented.toSorted()).toEqual([...read].toSorted());
});

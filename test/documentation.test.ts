import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { errorTable } from '../src/errors.ts';
import { settingNames } from './support/config-problems.ts';
import { readGuide, readGuides } from './support/read-guides.ts';

const guides = readGuides();
const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('The error table and the code agree', () => {
  const rows = [...readGuide('docs/errors.md').text.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (.+) \|$/gm)];
  const documented = rows.map(([, code, status, meaning]) => ({ code, status: Number(status), meaning }));
  const real = Object.entries(errorTable).map(([code, row]) => ({
    code,
    status: 'httpStatus' in row ? row.httpStatus : 200,
    meaning: row.meaning,
  }));
  expect(documented).toEqual(real);
});

describe('Tables of settings', () => {
  const settings = new Set(settingNames());

  /** Rows that begin with the names of settings, with the defaults in their second column. */
  const rows = guides.flatMap(({ path, text }) =>
    [...text.matchAll(/^\| (`[A-Z].*)\|$/gm)].flatMap(([, row = '']) => {
      const [names = [], defaults = []] = row
        .split('|')
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
      // Of some the default is another setting.
      const values = defaults.filter((word) => !settings.has(word));
      return names.every((name) => settings.has(name))
        ? [{ path, names, values, row: names.join(', ') }]
        : [];
    }),
  );

  test('README has all that are read, and no other', () => {
    const table = read('README.md').split('## Settings')[1]?.split('\n## ')[0] ?? '';
    const lines = table.split('\n').filter((line) => line.startsWith('| `'));
    const named = lines.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
    expect(named.map(([, name]) => name).toSorted()).toEqual([...settings].toSorted());
  });

  const told = rows.filter(({ names, values }) => names.length === values.length);
  test('most rows tell defaults, in README and in the guides', () => {
    expect(told.filter(({ path }) => path === 'README.md').length).toBeGreaterThanOrEqual(10);
    expect(told.filter(({ path }) => path !== 'README.md').length).toBeGreaterThan(5);
  });

  test.each(told)('$path: the defaults of $row are those of the code', ({ names, values }) => {
    const env = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    // The one setting that has two defaults, which its row says in words.
    const { uploadAnswerTimeoutMs: _, ...set } = parseConfig(env);
    expect(parseConfig({})).toMatchObject(set);
  });
});

describe('Names in the guides', () => {
  const sources = ['src', 'schema']
    .flatMap((folder) =>
      (readdirSync(new URL(`${folder}/`, root), { recursive: true }) as string[])
        .filter((path) => /\.(ts|tsx|graphql)$/.test(path))
        .map((path) => read(`${folder}/${path}`)),
    )
    .join('\n');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  // The changelog tells of what was there before, too.
  const current = guides.filter(({ path }) => path !== 'CHANGELOG.md');
  const all = (name: RegExp) =>
    current.flatMap(({ text }) => [
      ...new Set(
        [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(name)].map(([whole, part = whole]) => part),
      ),
    ]);

  test('in capitals are settings, codes and values that the sources know', () => {
    const names = all(/\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b/g);
    expect(names.length).toBeGreaterThan(100);
    // OpenTelemetry's own are read by its SDK.
    const unknown = names.filter((name) => !name.startsWith('OTEL_') && !sources.includes(name));
    expect(unknown).toEqual([]);
  });

  test('of commands are scripts of the package', () => {
    const names = guides.flatMap(({ text }) => [...text.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)]);
    expect(names.length).toBeGreaterThan(15);
    expect(names.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('of files and folders are in the repository', () => {
    const paths = all(/`((?:src|test|bench|examples|schema|docs|\.build)\/[\w./-]+)`/g);
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});

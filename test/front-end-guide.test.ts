import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const address = new URL('../docs/front-end.md', import.meta.url);
const guide = readFileSync(address, 'utf8');
const read = (path: string) => readFileSync(new URL(path, address), 'utf8');
/** Code without the indentation that it has in its place. */
const flat = (code: string) =>
  code
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

describe("The front end's guide", () => {
  const snippets = [...guide.matchAll(/^From \[[^\]]+\]\((\S+)\):\n\n```ts\n(.*?)^```$/gms)];
  test.each(snippets.map(([, path = '', code = '']) => ({ path, code, start: flat(code).split('\n')[0] })))(
    'shows code as it stands in $path: $start',
    ({ path, code }) => {
      expect(flat(read(path))).toContain(flat(code));
    },
  );

  test('has code from all parts of an upload', () => {
    expect(snippets.length).toBeGreaterThan(8);
    const named = guide.match(/^From /gm) ?? [];
    expect(snippets).toHaveLength(named.length);
  });

  test('names tests that exist', () => {
    const scenarios = flat(
      read('../test/support/upload-scenarios.ts') + read('../test/support/watch-scenarios.ts'),
    );
    const names = [...guide.matchAll(/"([^"]{20,})"/gs)].map(([, name = '']) => name.replaceAll(/\s+/g, ' '));
    expect(names.length).toBeGreaterThan(6);
    expect(names.filter((name) => !scenarios.includes(name))).toEqual([]);
  });

  test('has a row for each member of UploadResult', () => {
    const [, union = ''] = /^union UploadResult = (.+)$/m.exec(read('../schema/subgraph.graphql')) ?? [];
    const members = union.split(' | ').toSorted();
    const table = guide.slice(guide.indexOf('| member |'), guide.indexOf('## 5.'));
    const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, member]) => member);
    expect(rows.toSorted()).toEqual(members);
  });
});

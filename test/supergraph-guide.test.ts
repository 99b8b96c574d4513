import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const docs = read('docs/supergraph.md');

test('the code that docs/supergraph.md shows is what the tests run', () => {
  const blocks = [...docs.matchAll(/<!-- (\S+) -->\n```\w+\n([\s\S]*?)\n```\n/g)];
  expect(blocks.map(([, path]) => path)).toEqual([
    'test/routers/upload-data-source.ts',
    'test/routers/hive-gateway.ts',
    'test/routers/grafbase.toml',
  ]);
  for (const [, path = '', shown] of blocks) {
    const [, region] = /\/\/ docs: begin\n([\s\S]*)\n\/\/ docs: end/.exec(read(path)) ?? [];
    expect(shown, path).toBe((region ?? read(path)).trim());
  }
});

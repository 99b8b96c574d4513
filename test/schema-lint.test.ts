import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const eslint = new ESLint({ cwd: root, overrideConfigFile: `${root}schema/eslint.config.js` });
const sdl = readFileSync(`${root}schema/subgraph.graphql`, 'utf8');

async function lint(text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: `${root}schema/subgraph.graphql` });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId?.split('/')[1] ?? message);
}

const flaws: readonly { readonly flaw: string; readonly rule: string; readonly text: string }[] = [
  { flaw: 'a type without a description', rule: 'require-description', text: 'type Lost { id: ID! }' },
  {
    flaw: 'a type that nothing leads to',
    rule: 'no-unreachable-types',
    text: '"""Lost.""" type Lost { id: ID! }',
  },
  { flaw: 'a type named in lower case', rule: 'naming-convention', text: '"""Low.""" scalar low' },
  { flaw: 'a comment for a description', rule: 'no-hashtag-description', text: '# Lost.\nscalar Lost' },
  {
    flaw: 'a deprecation without a reason',
    rule: 'require-deprecation-reason',
    text: 'extend type Query { """Old.""" old: ID @deprecated }',
  },
  {
    flaw: 'an enum value in lower case',
    rule: 'naming-convention',
    text: '"""E.""" enum E { """Low.""" low }',
  },
  {
    flaw: 'a field without a description',
    rule: 'require-description',
    text: 'extend type Query { bare: ID }',
  },
  {
    flaw: 'an argument without a description',
    rule: 'require-description',
    text: 'extend type Query { """One.""" one(bare: ID): ID }',
  },
  {
    flaw: 'a query named after what it is',
    rule: 'naming-convention',
    text: 'extend type Query { """One.""" getOne: ID }',
  },
  {
    flaw: 'a mutation that answers a scalar',
    rule: 'no-scalar-result-type-on-mutation',
    text: 'extend type Mutation { """Does.""" do: Boolean }',
  },
  {
    flaw: 'a field that repeats the name of its type',
    rule: 'no-typename-prefix',
    text: 'extend type UploadJob { """Size.""" uploadJobSize: Int }',
  },
  {
    flaw: 'a connection without pages',
    rule: 'relay-connection-types',
    text: '"""C.""" type SeriesConnection { """E.""" edges: [UploadJobEdge!]! }',
  },
];

test.each(flaws)('$flaw is found by $rule', async ({ rule, text }) => {
  expect(await lint(`${sdl}\n${text}\n`)).toContain(rule);
});

test('the printed schema has none of that', async () => {
  expect(await lint(sdl)).toEqual([]);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { schema } from '../src/schema/schema.ts';
import { codeBlocksOf, readGuide, readGuides } from './support/read-guides.ts';
import { startGateway } from './support/start-gateway.ts';

const blocks = readGuides().flatMap(codeBlocksOf);
const written = (language: string) => blocks.filter((block) => block.language === language);
const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs a command of a guide in the repository's root, with its address replaced, and resolves to what it printed. */
async function run(command: string, url: string): Promise<string> {
  const here = command.replaceAll('http://127.0.0.1:4000/graphql', url);
  const shell = spawn('bash', ['-c', here], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  const [printed] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
  return printed;
}

test('The curl commands upload a file, read its job and watch it, as they stand', async () => {
  await using gateway = await startGateway({ sandbox: { stepMs: 50 }, env: { POLL_MIN_INTERVAL_MS: '50' } });
  const commands = written('sh').filter(({ code }) => code.startsWith('curl '));
  expect(commands.map(({ path }) => path)).toEqual(['README.md', 'README.md', 'docs/watching.md']);
  const printed: string[] = [];
  for (const { code } of commands) printed.push(await run(code, gateway.url));
  const [uploaded = '', job = '', states = ''] = printed;

  // The job's id is in the commands that follow.
  expect(JSON.parse(uploaded)).toMatchObject({
    data: {
      uploadCouponBatch: { __typename: 'UploadAccepted', jobs: [{ id: 'COUPON_BATCH:541854:222696' }] },
    },
  });
  expect(JSON.parse(job)).toMatchObject({ data: { uploadJob: { errorCount: 0 } } });
  expect(states).toContain('"status":"FINISHED","outcome":"SUCCEEDED"');
  expect(states).toMatch(/event: complete\ndata:\s*$/);
});

test('Each GraphQL document fits the schema, in Python as well', () => {
  const inPython = written('python').flatMap(({ path, code }) =>
    [...code.matchAll(/"""(.+?)"""/gs)].map(([, document = '']) => ({ path, code: document })),
  );
  expect(inPython).toHaveLength(2);
  const documents = [...written('graphql'), ...inPython];
  expect(documents.length).toBeGreaterThan(3);
  for (const { path, code } of documents) expect(validate(schema, parse(code)), path).toEqual([]);
});

test('Each JSON is JSON', () => {
  const texts = written('json');
  expect(texts.length).toBeGreaterThan(0);
  for (const { path, code } of texts) expect(() => JSON.parse(code), path).not.toThrow();
});

test("What the sandbox's guide names of it is there", async () => {
  await using sandbox = await createSandbox();
  const names = [...readGuide('docs/sandbox.md').text.matchAll(/sandbox\.(\w+)(?:\.(\w+))?/g)];
  expect(names.length).toBeGreaterThan(6);
  const missing = names.filter(([, own = '', inner]) => {
    const part: unknown = Reflect.get(sandbox, own);
    return part === undefined || (inner && !(inner in (part as object)));
  });
  expect(missing.map(([whole]) => whole)).toEqual([]);
});

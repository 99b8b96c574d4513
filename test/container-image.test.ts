import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildStages } from './image/build-stages.ts';
import { parseDockerfile } from './image/parse-dockerfile.ts';
import { rehearseImage } from './image/rehearse-image.ts';
import { upload } from './support/graphql-client.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-'));
});
// A node_modules stands in it.
afterEach(() => rm(folder, { recursive: true, force: true }), 300_000);

/** Builds a Dockerfile of these lines, over a context of these files. */
function build(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
  installed?: string | undefined,
) {
  const context = join(folder, 'context');
  const all = { Dockerfile: lines.join('\n'), '.dockerignore': '', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), text);
  }
  return buildStages(context, folder, { installed });
}

describe('A Dockerfile is not rehearsed as something that it is not:', () => {
  const from = 'FROM node:22-slim';
  test.each<{ name: string; lines: string[]; files?: Record<string, string>; reason: string }>([
    { name: 'another base', lines: ['FROM alpine:3'], reason: 'not for alpine:3' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's
    { name: 'a base without its ARG', lines: ['FROM node:${V}-slim'], reason: 'FROM uses V' },
    { name: 'an unknown instruction', lines: [from, 'ONBUILD RUN true'], reason: 'Not understood: ONBUILD' },
    { name: 'a line that is none', lines: [from, 'RUN'], reason: 'Not an instruction: RUN' },
    { name: 'a step that fails', lines: [from, 'RUN exit 3'], reason: 'Command failed: sh -c exit 3' },
    {
      name: 'a step on the whole machine',
      lines: [from, 'RUN touch /x'],
      reason: 'RUN with an absolute path',
    },
    { name: 'a shell around the command', lines: [from, 'CMD node main.js'], reason: 'as a JSON array' },
    { name: 'a file that is not there', lines: [from, 'COPY a b'], reason: 'COPY of what is not there: a' },
    {
      name: 'a file that is left out of the context',
      lines: [from, 'COPY a b'],
      files: { a: '1', '.dockerignore': '*\n!c' },
      reason: 'COPY of what .dockerignore leaves out: a',
    },
    {
      name: 'a folder of which everything is left out',
      lines: [from, 'COPY src/ src/'],
      files: { 'src/a': '1', '.dockerignore': 'src/*' },
      reason: 'COPY of an empty folder: src/',
    },
    { name: 'a stage that is not there', lines: [from, 'COPY --from=x a b'], reason: 'not there: x' },
    {
      name: 'an ignore pattern that is not understood',
      lines: [from],
      files: { '.dockerignore': '**/x' },
      reason: 'Not understood in .dockerignore: **/x',
    },
  ])('$name', async ({ lines, files, reason }) => {
    await expect(build(lines, files)).rejects.toThrow(reason);
  });
});

test('Stages are built of each other, with what the context and its .dockerignore give them', async () => {
  const image = await build(
    [
      '# a comment',
      'ARG NODE_VERSION=22',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a Dockerfile's
      'FROM node:${NODE_VERSION}-slim AS first',
      'WORKDIR /made',
      'COPY src/ src/',
      'RUN cat src/a src/deep/b \\',
      '  > joined && ls src > names',
      'FROM node:22-slim',
      'ENV A=1 B=two',
      'WORKDIR /app',
      'COPY --from=first /made/joined /made/names out/',
      'USER 1000:1000',
      'EXPOSE 4000',
      'HEALTHCHECK --interval=1s CMD ["node", "-v"]',
      'CMD ["node", "out.js"]',
    ],
    { 'src/a': '1', 'src/deep/b': '2', 'src/secret': '3', '.dockerignore': '*\n!src\nsrc/secret\n' },
  );
  expect(image).toMatchObject({
    env: { A: '1', B: 'two' },
    ...{ user: '1000:1000', ports: [4000], stopSignal: 'SIGTERM' },
    ...{ healthcheck: ['node', '-v'], command: ['node', 'out.js'] },
  });
  expect(readFileSync(join(image.workingFolder, 'out/joined'), 'utf8')).toBe('12');
  expect(readFileSync(join(image.workingFolder, 'out/names'), 'utf8')).toBe('a\ndeep\n');
});

test('What is installed already is linked to, and nothing else is taken for it', async () => {
  const files = {
    'package.json': '{ "name": "a", "version": "1.0.0" }',
    'package-lock.json': '{ "name": "a", "lockfileVersion": 3, "packages": { "": { "name": "a" } } }',
  };
  const installed = join(folder, 'installed');
  for (const [path, text] of Object.entries({ ...files, 'node_modules/b/index.js': '' })) {
    mkdirSync(dirname(join(installed, path)), { recursive: true });
    writeFileSync(join(installed, path), text);
  }
  const has = async (command: string, context = files) => {
    const lines = ['FROM node:22-slim', 'COPY package.json package-lock.json ./', `RUN ${command}`];
    const { root } = await build(lines, context, installed);
    const found = existsSync(join(root, 'node_modules/b/index.js'));
    await rm(root, { recursive: true });
    return found;
  };
  expect(await has('npm ci --ignore-scripts --no-audit')).toBe(true);
  expect(await has('npm ci --omit=dev --no-audit')).toBe(false);
  expect(await has('npm ci', { ...files, 'package.json': '{ "name": "a", "private": true }' })).toBe(false);
});

test("The image's every step works, and what comes out serves, is healthy and ends cleanly", {
  timeout: 600_000,
}, async () => {
  // Of the two installations the larger one is the repository's own: these tests run in it.
  const image = await buildStages(repository, folder, { installed: repository });
  const seen = await rehearseImage(image, async (url) => {
    const { data } = await upload(url);
    const page = await fetch(new URL('/graphiql/', url), { headers: { accept: 'text/html' } });
    return [data.uploadCouponBatch.__typename, page.status];
  });
  expect(seen).toEqual({
    healthyBefore: false,
    healthyWhileUp: true,
    healthyAfter: false,
    used: ['UploadAccepted', 200],
    exitCode: 0,
    writable: process.getuid?.() === 0 ? [] : expect.any(Array),
  });
});

test('The image runs a Node that the package supports, and as a user who is not root', () => {
  const stages = parseDockerfile(readFileSync(join(repository, 'Dockerfile'), 'utf8'));
  expect(new Set(stages.map(({ image }) => image)).size).toBe(1);
  const { engines } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const least = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
  expect(Number(/^node:(\d+)-slim$/.exec(stages[0]?.image ?? '')?.[1])).toBeGreaterThan(least);
  const last = stages.at(-1)?.instructions ?? [];
  expect(last.find(({ name }) => name === 'USER')?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

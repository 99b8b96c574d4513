import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { upload } from './support/graphql-client.ts';
import { type PackedPackage, packPackage } from './support/packed-package.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('..', import.meta.url));
const tool = (name: string) => join(repository, 'node_modules/.bin', name);

let packed: PackedPackage;
/** A folder where the package was installed, and nothing else. */
let project: string;
let bin: string;
beforeAll(async () => {
  packed = await packPackage();
  project = await packed.install();
  bin = join(project, 'node_modules/.bin/capillary-upload-gateway');
}, 300_000);
afterAll(() => packed[Symbol.asyncDispose](), 300_000);

test('An unknown argument is refused, since a setting may have been meant', async () => {
  const refused = run(bin, ['--port=80']);
  await expect(refused).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('Unknown argument "--port=80"'),
  });
});

test('A wrong setting ends the installed program with its reason', async () => {
  const refused = run(bin, { env: { ...process.env, PORT: 'http' } });
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('PORT must be') });
});

test('The package holds what runs and what is read, and nothing else', () => {
  const expected =
    /^(dist\/(?!.*\.map$).+|docs\/[\w-]+\.md|examples\/.+|schema\/[\w-]+\.graphql|npm-shrinkwrap\.json|(README|CHANGELOG|SECURITY)\.md|LICENSE|package\.json)$/;
  expect(packed.files.filter((path) => !expected.test(path) || /\.test\.|tsbuildinfo/.test(path))).toEqual(
    [],
  );
  expect(packed.files).toEqual(
    expect.arrayContaining([
      'dist/main.js',
      'dist/sandbox/main.js',
      'dist/upload/inspection/inspection-worker.js',
      'dist/index.d.ts',
      'npm-shrinkwrap.json',
      'SECURITY.md',
    ]),
  );
});

test('No file of it names a folder of the machine that built it', () => {
  const folders = [packed.folder, repository.replace(/\/$/, ''), `${homedir()}/`];
  const installed = join(project, 'node_modules/capillary-upload-gateway');
  const named = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => folders.some((folder) => readFileSync(path).includes(folder)));
  expect(named).toEqual([]);
});

test('The package brings the versions that were tested, and none that is for development only', () => {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const { packages } = read(join(project, 'node_modules/capillary-upload-gateway/npm-shrinkwrap.json'));
  const { dependencies } = read(join(repository, 'package.json'));
  for (const [name, version] of Object.entries(dependencies)) {
    expect(packages[`node_modules/${name}`], name).toMatchObject({ version });
  }
  expect(packages['']).not.toHaveProperty('devDependencies');
  expect(Object.values(packages).filter((each) => (each as { dev?: boolean }).dev)).toEqual([]);
});

test('--version and --help answer, and start nothing', async () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  expect(await run(bin, ['--version'])).toEqual({ stdout: `${version}\n`, stderr: '' });
  const help = await run(bin, ['--help']);
  expect(help.stdout).toContain('Usage: capillary-upload-gateway');
});

test('The installed program takes a file, and ends with code 0 on SIGTERM', async () => {
  const child = spawn(bin, { env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const answers: unknown[] = [];
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url: string };
    if (msg !== 'ready') continue;
    const { data } = await upload(url);
    answers.push(data.uploadCouponBatch.__typename);
    child.kill('SIGTERM');
  }
  expect(answers).toEqual(['UploadAccepted']);
  expect(await exit).toEqual([0, null]);
});

test('A program of its own embeds the gateway and the sandbox', async () => {
  const source = /* JavaScript */ `
    import { createGateway, createSandbox, parseConfig } from 'capillary-upload-gateway';
    const sandbox = await createSandbox();
    const gateway = await createGateway(parseConfig({ PORT: '0', COUPON_API_URL: sandbox.url, LOG_LEVEL: 'silent' }));
    const answer = await fetch(gateway.url + '?query={couponSeries(id:"541854"){uploadJobs{totalCount}}}', {
      headers: { 'x-cap-api-oauth-token': 'sandbox-token', 'graphql-require-preflight': '1' },
    });
    console.log(await answer.text(), sandbox.requests.length);
    await gateway.close();
    await sandbox.close();
  `;
  writeFileSync(join(project, 'embed.js'), source);
  const { stdout, stderr } = await run(process.execPath, ['embed.js'], { cwd: project });
  expect({ stdout, stderr }).toEqual({
    stdout: '{"data":{"couponSeries":{"uploadJobs":{"totalCount":0}}}} 2\n',
    stderr: '',
  });
});

test.each([
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
])('Its types, sound by themselves, reach a program that resolves as $moduleResolution', async (resolved) => {
  const source = /* TypeScript */ `
    import { type Config, createGateway, createSandbox, type Gateway, parseConfig, type Sandbox } from 'capillary-upload-gateway';
    export const config: Config = parseConfig({ PORT: '0' });
    export const gateway: Gateway = await createGateway(config);
    export const sandbox: Sandbox = await createSandbox({ port: 0 });
    // @ts-expect-error: text
    export const port: number = gateway.url;
    // @ts-expect-error: a number
    await createSandbox({ port: '0' });
    // @ts-expect-error: read only
    config.port = 1;
  `;
  writeFileSync(join(project, 'embed.ts'), source);
  const options = {
    ...{ target: 'es2023', ...resolved },
    ...{ types: 'node', typeRoots: join(repository, 'node_modules/@types') },
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout } = await run(tool('tsc'), ['--noEmit', '--strict', ...flags, 'embed.ts'], { cwd: project });
  expect(stdout).toBe('');
});

test.each([
  ['publint', ['--strict']],
  ['attw', ['--profile', 'esm-only', '--no-color', '--no-emoji']],
])('%s finds nothing wrong with the package', async (name, options) => {
  const checked = run(tool(name), [packed.tarball, ...options]);
  await expect(checked).resolves.toMatchObject({ stderr: '' });
});

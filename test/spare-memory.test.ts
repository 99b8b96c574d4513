import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** What a process prints that runs this program, whose modules are the built ones. */
async function run(program: string, flags: readonly string[] = []): Promise<string> {
  const node = promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', program], {
    cwd: new URL('../', import.meta.url),
  });
  return (await node).stdout;
}

const spareMemory = `import { spareMemory } from './dist/spare-memory.js'; spareMemory();`;

test('The heap does not grow much beyond what is in use', async () => {
  // Keeps the latest 100,000 objects, some 20 MB, so that each grows old before it dies.
  const churn = `
    const kept = [];
    let most = 0;
    for (let i = 0; i < 3_000_000; i++) {
      kept[i % 100_000] = { i, text: 'kept ' + i, more: [i] };
      if (i % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    console.log(most);`;
  const [spared, usual] = await Promise.all([run(spareMemory + churn), run(churn)]);
  expect(Number(spared)).toBeLessThan(0.8 * Number(usual));
});

test("Of WebAssembly the row kernel is compiled for speed, and undici's parser is not", async () => {
  const program = `
    import { createServer } from 'node:http';
    import { once } from 'node:events';
    import { request } from 'undici';
    import { createRowKernel } from './dist/upload/scan/row-kernel.js';

    const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    for (let i = 0; i < 200; i++) {
      await (await request('http://127.0.0.1:' + server.address().port)).body.dump();
    }
    server.close();
    server.closeAllConnections();

    const rows = Buffer.from('919999999999,SAVE10\\n'.repeat(1_000));
    const kernel = createRowKernel();
    kernel.configure([], 1);
    for (let i = 0; i < 200; i++) kernel.readRows(0, kernel.load(rows, 0, rows.length), 1_000, 2, false);`;
  // So that all of it counts as used often.
  const flags = ['--trace-wasm-compilation-times', '--wasm-tiering-budget=1000'];
  const compiled = async (source: string): Promise<string[]> =>
    [...(await run(source, flags)).matchAll(/#(\d+).* using TurboFan/g)].map(([, number = '']) => number);
  const [spared, usual] = await Promise.all([compiled(spareMemory + program), compiled(program)]);
  expect(new Set(spared)).toEqual(new Set(['0']));
  expect(new Set(usual).size).toBeGreaterThan(2);
});

test('Dead chunks of files can be collected', async () => {
  expect(await run(`${spareMemory} console.log(typeof gc);`)).toBe('function\n');
});

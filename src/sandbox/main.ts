import { createSandbox } from './create-sandbox.ts';

// The sandbox as a process of its own.
const { HOST, PORT } = process.env;
const sandbox = await createSandbox({ host: HOST, port: Number(PORT ?? 4010) });
process.stdout.write(`${JSON.stringify({ msg: 'ready', url: sandbox.url })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}

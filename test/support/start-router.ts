import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A router in a process of its own. Disposing kills it. */
export interface Router extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/graphql` */
  readonly url: string;
  /** Where it takes WebSockets, with `http:` as its scheme. */
  readonly webSocketUrl: string;
}

/** Starts a router before these two subgraphs. */
export type StartRouter = (uploadsUrl: string, seriesUrl: string) => Promise<Router>;

const folder = fileURLToPath(new URL('../routers/', import.meta.url));
const grafbase = `${folder}node_modules/@grafbase/cli-x86_64-unknown-linux-musl/grafbase`;

/** Grafbase's binary is for Linux on x86-64 only; elsewhere npm leaves it out. */
export const grafbaseRunsHere = process.platform === 'linux' && process.arch === 'x64';

/** A router that is a script of `test/routers`, which gets the two addresses and then these arguments. */
export function scriptRouter(script: string, ...args: readonly string[]): StartRouter {
  return async (uploadsUrl, seriesUrl) => {
    if (!existsSync(`${folder}node_modules`))
      throw new Error('The routers are not installed: npm run routers');
    const command = ['--import', 'tsx', `${folder}${script}`, uploadsUrl, seriesUrl, ...args];
    const router = run(process.execPath, command, process.env);
    const [url = ''] = /^http:\S+$/.exec(await router.line(/^http:/)) ?? [];
    return { url, webSocketUrl: url, [Symbol.asyncDispose]: router.kill };
  };
}

/** Grafbase's development server, which composes the subgraphs itself. */
export const startGrafbase: StartRouter = async (uploadsUrl, seriesUrl) => {
  const home = mkdtempSync(join(tmpdir(), 'grafbase-'));
  const port = await freePort();
  const command = ['--home', home, 'dev', '--config', `${folder}grafbase.toml`, '--port', String(port)];
  const router = run(grafbase, command, {
    HOME: home,
    UPLOADS_URL: uploadsUrl,
    UPLOADS_WEBSOCKET_URL: uploadsUrl.replace('http', 'ws'),
    SERIES_URL: seriesUrl,
  });
  const url = `http://127.0.0.1:${port}/graphql`;
  await router.line(/GraphQL/);
  // It tells its address before it listens there.
  await eventually(() => fetch(url, { method: 'OPTIONS' }));
  return {
    url,
    webSocketUrl: `http://127.0.0.1:${port}/ws`,
    async [Symbol.asyncDispose]() {
      await router.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  let told = '';
  lines.on('line', (line) => {
    told += `${line}\n`;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  return {
    /** The first line that matches. Rejects when the process ends before it. */
    async line(pattern: RegExp): Promise<string> {
      const found = new Promise<string>((resolve) => {
        lines.on('line', (line) => pattern.test(line) && resolve(line));
      });
      const failed = ended.then(() => Promise.reject(new Error(`The router ended:\n${told}`)));
      failed.catch(() => {});
      return Promise.race([found, failed]);
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

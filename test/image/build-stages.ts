import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Instruction, parseDockerfile } from './parse-dockerfile.ts';
import { readIgnoreFile } from './read-ignore-file.ts';

const run = promisify(execFile);

/** What the last stage of a Dockerfile comes to. */
export interface RehearsedImage {
  /** The folder that stands for its file system's root. */
  readonly root: string;
  /** Its working directory, below `root`. */
  readonly workingFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly number[];
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
  readonly stopSignal: NodeJS.Signals;
}

export interface BuildOptions {
  /** Hears of each step, and what it prints. Default: nobody. */
  readonly print?: (line: string) => void;
  /** A folder in which `npm ci` was run: the same installation in a stage is a link to its `node_modules`. */
  readonly installed?: string | undefined;
}

/**
 * Does what a Dockerfile says, each stage in a folder of its own below `into`, with this machine's Node: copies what it
 * copies and the .dockerignore lets through, runs what it runs. Rejects on an instruction that it does not know, on a base
 * image other than Node's, and when a step fails.
 */
export async function buildStages(
  context: string,
  into: string,
  { print = () => {}, installed }: BuildOptions = {},
): Promise<RehearsedImage> {
  const ignored = readIgnoreFile(readFileSync(join(context, '.dockerignore'), 'utf8'));
  const built = new Map<string, Draft>();
  // Another user is going to run what lies there, and temporary folders are their maker's alone.
  chmodSync(into, 0o755);
  for (const { name, image, instructions } of parseDockerfile(
    readFileSync(join(context, 'Dockerfile'), 'utf8'),
  )) {
    if (!/^node:\d+-slim$/.test(image))
      throw new Error(`This script stands in for node:<major>-slim, not for ${image}`);
    const root = join(into, name);
    mkdirSync(root, { recursive: true });
    const draft: Draft = { ...emptyDraft, root, workingFolder: root };
    built.set(name, draft);
    for (const instruction of instructions) {
      const flags = Object.entries(instruction.flags).map(([flag, value]) => `--${flag}=${value} `);
      print(`${name}: ${instruction.name} ${flags.join('')}${instruction.text}`);
      const step = steps[instruction.name];
      if (!step) throw new Error(`Not understood: ${instruction.name}`);
      await step(draft, instruction, { context, ignored, built, print, installed });
    }
  }
  const last = [...built.values()].at(-1);
  if (!last) throw new Error('The Dockerfile has no stage');
  return last;
}

type Draft = { -readonly [Key in keyof RehearsedImage]: RehearsedImage[Key] };

const emptyDraft = {
  env: {},
  user: 'root',
  ports: [],
  healthcheck: [],
  command: [],
  stopSignal: 'SIGTERM',
} as const;

interface Surroundings {
  readonly context: string;
  readonly ignored: (path: string) => boolean;
  readonly built: ReadonlyMap<string, Draft>;
  readonly print: (line: string) => void;
  readonly installed: string | undefined;
}

type Step = (draft: Draft, instruction: Instruction, around: Surroundings) => void | Promise<void>;

const steps: Readonly<Record<string, Step>> = {
  WORKDIR(draft, { text }) {
    draft.workingFolder = join(draft.root, text);
    mkdirSync(draft.workingFolder, { recursive: true });
  },
  ENV(draft, { text }) {
    const pairs = text.split(/\s+/).map((pair) => pair.split('=') as [string, string]);
    draft.env = { ...draft.env, ...Object.fromEntries(pairs) };
  },
  COPY: copy,
  async RUN(draft, { text }, { print, installed }) {
    if (installed !== undefined && isInstallationOf(installed, draft.workingFolder, text))
      return symlinkSync(join(installed, 'node_modules'), join(draft.workingFolder, 'node_modules'));
    // No root of its own to change to: a path from the root would be this machine's.
    if (/(^|\s)\//.test(text)) throw new Error(`RUN with an absolute path: ${text}`);
    const env = { ...process.env, ...draft.env };
    const { stdout } = await run('sh', ['-c', text], { cwd: draft.workingFolder, env });
    print(stdout);
  },
  USER(draft, { text }) {
    draft.user = text;
  },
  EXPOSE(draft, { text }) {
    draft.ports = [...draft.ports, ...text.split(/\s+/).map(Number)];
  },
  HEALTHCHECK(draft, { text }) {
    draft.healthcheck = execForm(text.replace(/^CMD\s+/, ''));
  },
  STOPSIGNAL(draft, { text }) {
    draft.stopSignal = text as NodeJS.Signals;
  },
  CMD(draft, { text }) {
    draft.command = execForm(text);
  },
};

function copy(draft: Draft, { flags, text }: Instruction, { context, ignored, built }: Surroundings): void {
  const names = text.split(/\s+/);
  const target = names.pop() ?? '';
  const stage = flags['from'];
  const from = stage === undefined ? context : built.get(stage)?.root;
  if (from === undefined) throw new Error(`COPY from a stage that is not there: ${stage}`);
  for (const name of names) {
    const source = join(from, name);
    if (!existsSync(source)) throw new Error(`COPY of what is not there: ${name}`);
    const isFolder = statSync(source).isDirectory();
    const into = resolve(draft.workingFolder, target);
    // Of a folder Docker copies what is in it; a file goes into a target that ends with a slash.
    const to = isFolder || !target.endsWith('/') ? into : join(into, name.replace(/^.*\//, ''));
    const kept = (path: string) => stage !== undefined || !ignored(relative(context, path));
    if (!isFolder && !kept(source)) throw new Error(`COPY of what .dockerignore leaves out: ${name}`);
    // A folder is gone into even if left out: something below it may be kept.
    cpSync(source, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => kept(path) || statSync(path).isDirectory(),
    });
    if (isFolder && readdirSync(to).length === 0) throw new Error(`COPY of an empty folder: ${name}`);
  }
}

/** Whether the command would install what stands in the other folder already. */
function isInstallationOf(installed: string, folder: string, command: string): boolean {
  const read = (from: string, name: string) => {
    const path = join(from, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  return (
    /^npm ci( --(ignore-scripts|no-audit|no-fund))*$/.test(command) &&
    ['package.json', 'package-lock.json', '.npmrc'].every(
      (name) => read(folder, name) === read(installed, name),
    )
  );
}

/** The form without a shell: a JSON array. */
function execForm(text: string): readonly string[] {
  if (!text.startsWith('[')) throw new Error(`Put it as a JSON array, or a shell stands between: ${text}`);
  return JSON.parse(text) as string[];
}

import { readFileSync } from 'node:fs';

/** What to print instead of starting, and the exit code that goes with it. */
export interface CommandLineAnswer {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

const help = `Usage: capillary-upload-gateway [--help | --version]

Serves GraphQL on http://127.0.0.1:4000/graphql. Settings are environment variables (README, "Settings"): with none set,
an embedded sandbox stands in for Capillary. GET /readyz tells when it takes work; SIGTERM ends it cleanly.
`;

/**
 * Reads the program's arguments. `undefined`: there are none, so start. Anything but `--help` and `--version`
 * is refused with exit code 1: a setting that was written as an argument must not go unnoticed.
 */
export function readCommandLine(args: readonly string[]): CommandLineAnswer | undefined {
  const [first] = args;
  if (first === undefined) return undefined;
  if (first === '--help' || first === '-h') return { text: help, exitCode: 0 };
  if (first === '--version' || first === '-v') return { text: `${version()}\n`, exitCode: 0 };
  return { text: `Unknown argument "${first}".\n\n${help}`, exitCode: 1 };
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

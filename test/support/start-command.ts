import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const [, settings = '', flags = ''] =
  /^((?:\S+=\S+ )*)exec node (.*) dist\/main\.js$/.exec(scripts.start) ?? [];

/** How `npm start` runs the gateway: Node's flags, and what it sets in the environment. */
export const startCommand: {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} = {
  flags: flags.split(' '),
  env: Object.fromEntries(
    settings
      .trim()
      .split(' ')
      .map((setting) => setting.split('=')),
  ),
};

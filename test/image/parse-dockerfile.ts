/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** `--from=build` is `{ from: 'build' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, in one line. */
  readonly text: string;
}

/** The instructions from one FROM to the next. */
export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/**
 * Reads a Dockerfile: comments, continued lines, flags, and the global ARGs with their defaults. Throws on a line that it
 * cannot read. https://docs.docker.com/reference/dockerfile/
 */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.replace(/^[ \t]*#.*\n?/gm, '').replace(/\\[ \t]*\n/g, ' ');
  const instructions = lines.split('\n').flatMap((line) => (line.trim() ? [parseLine(line.trim())] : []));
  const globals = new Map<string, string>();
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of instructions) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [image = '', , name = `stage-${stages.length}`] = substitute(instruction.text, globals).split(
        /\s+/,
      );
      stages.push({ name, image, instructions: [] });
    } else if (stage) stage.instructions.push(instruction);
    else if (instruction.name === 'ARG') {
      const [name = '', value = ''] = instruction.text.split('=');
      globals.set(name, value);
    } else throw new Error(`${instruction.name} before the first FROM`);
  }
  return stages;
}

function parseLine(line: string): Instruction {
  const found = /^([A-Z]+)((?:\s+--[a-z-]+=\S+)*)\s+(.+)$/i.exec(line);
  if (!found) throw new Error(`Not an instruction: ${line}`);
  const [, name = '', flags = '', text = ''] = found;
  const pairs = [...flags.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag = '', value = '']) => [flag, value]);
  return { name: name.toUpperCase(), flags: Object.fromEntries(pairs), text };
}

function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`FROM uses ${name}, which no ARG before it has`);
    return value;
  });
}

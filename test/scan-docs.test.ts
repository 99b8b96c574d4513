import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fileProblemCodes } from '../src/upload/scan/file-problem.ts';

it('every code of a file problem is explained in the docs, and no other', () => {
  const docs = readFileSync(new URL('../docs/file-problems.md', import.meta.url), 'utf8');
  const explained = [...docs.matchAll(/^### ([A-Z_]+)/gm)].map(([, code]) => code);
  expect(new Set(explained)).toEqual(new Set(fileProblemCodes));
});

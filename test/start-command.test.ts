import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startCommand } from './support/start-command.ts';

const { env, flags } = startCommand;
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);

test('npm start keeps the memory of the process small', () => {
  expect(settings).toContain('MALLOC_ARENA_MAX=2');
  expect(flags).toContain('--max-semi-space-size=4');
});

test('The command of the package runs Node as npm start does', () => {
  const [firstLine] = read('src/main.ts').split('\n');
  expect(firstLine).toBe(['#!/usr/bin/env -S', ...settings, 'node', ...flags].join(' '));
});

test('The image runs Node as npm start does', () => {
  const image = read('Dockerfile');
  const [, command = '[]'] = /^CMD (.*)$/m.exec(image) ?? [];
  expect(JSON.parse(command)).toEqual(['node', ...flags, 'dist/main.js']);
  for (const setting of settings) expect(image).toContain(setting);
});

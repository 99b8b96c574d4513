import { expect, test } from 'vitest';
import { createClosers } from '../src/flow/closers.ts';

test('What fails while it is closed keeps nothing else open, and is told at the end', async () => {
  const closed: string[] = [];
  const closers = createClosers();
  closers.add('first', (made) => closed.push(made));
  closers.add('second', async (made) => {
    closed.push(made);
    throw new Error('the second did not close');
  });
  closers.add('third', (made) => {
    closed.push(made);
    throw new Error('the third did not close');
  });
  await expect(closers.close()).rejects.toThrow('the third did not close');
  expect(closed).toEqual(['third', 'second', 'first']);
});

test('What was made last is closed first, and over before the next begins', async () => {
  const steps: string[] = [];
  const closers = createClosers();
  for (const name of ['sandbox', 'redis']) {
    closers.add(name, async () => {
      steps.push(`${name} closes`);
      await new Promise(setImmediate);
      steps.push(`${name} is closed`);
    });
  }
  await closers.close();
  expect(steps).toEqual(['redis closes', 'redis is closed', 'sandbox closes', 'sandbox is closed']);
});

test('Closing twice closes once', async () => {
  const closed: string[] = [];
  const closers = createClosers();
  expect(closers.add('made', (made) => closed.push(made))).toBe('made');
  await Promise.all([closers.close(), closers.close()]);
  await closers.close();
  expect(closed).toEqual(['made']);
});

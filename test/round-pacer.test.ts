import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRoundPacer } from '../src/flow/round-pacer.ts';

test('in one round of the event loop so many go on, in the order they came', async () => {
  const pace = createRoundPacer(2);
  const gone: number[] = [];
  for (let number = 1; number <= 7; number += 1) {
    const wait = pace();
    if (wait !== undefined) void wait.then(() => gone.push(number));
    else gone.push(number);
  }
  const rounds = [[...gone]];
  for (let round = 0; round < 4; round += 1) {
    await nextRound();
    rounds.push([...gone]);
  }
  expect(rounds).toEqual([
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 4, 5, 6, 7],
    [1, 2, 3, 4, 5, 6, 7],
  ]);
});

test('who comes alone, or later, waits for nothing', async () => {
  const pace = createRoundPacer(1);
  expect(pace()).toBeUndefined();
  expect(pace()).toBeInstanceOf(Promise);
  await nextRound();
  await nextRound();
  expect(pace()).toBeUndefined();
});

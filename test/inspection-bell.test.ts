import { describe, expect, it } from 'vitest';
import { createBellMemory, openBell } from '../src/upload/inspection/bell.ts';
import { createThreadCalls } from '../src/upload/inspection/thread-calls.ts';

describe('A thread that takes a message and goes to sleep again before it is rung for', () => {
  it('is woken by the next block', () => {
    const bell = openBell(createBellMemory());
    const takeAndSleep = () => void bell.leave(bell.listen());
    createThreadCalls(bell, takeAndSleep).send({ type: 'close', id: 1 });
    const posted: string[] = [];
    createThreadCalls(bell, ({ type }) => void posted.push(type)).call(false);
    expect(posted).toEqual(['wake']);
  });
});

describe('A bell between two threads', () => {
  it('asks for a message when the thread has never listened, and once only until it has', () => {
    const bell = openBell(createBellMemory());
    expect(bell.ring()).toBe(true);
    expect(bell.ring()).toBe(false);
  });

  it('needs no message while the thread listens', () => {
    const memory = createBellMemory();
    openBell(memory).listen();
    expect(openBell(memory).ring()).toBe(false);
    expect(openBell(memory).ringLoudly()).toBe(false);
  });

  it('is heard at once when it rang before the wait', () => {
    const bell = openBell(createBellMemory());
    const heard = bell.listen();
    bell.ring();
    expect(bell.wait(heard, 60_000)).toBe(true);
  });

  it('ends the wait when nobody rings', () => {
    const bell = openBell(createBellMemory());
    expect(bell.wait(bell.listen(), 1)).toBe(false);
  });

  it('does not let the thread go that was rung for since it last heard', () => {
    const bell = openBell(createBellMemory());
    const heard = bell.listen();
    bell.ring();
    expect(bell.leave(heard)).toBe(false);
  });

  it('asks for a message again once the thread has gone', () => {
    const bell = openBell(createBellMemory());
    expect(bell.leave(bell.listen())).toBe(true);
    expect(bell.ringLoudly()).toBe(true);
  });
});

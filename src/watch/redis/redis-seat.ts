import type { RedisLink } from '../../redis/redis-link.ts';
import { judgeFailure } from '../judge-failure.ts';
import { budgetWindowMs } from '../poll-budget.ts';
import {
  type PollReport,
  type PollSeat,
  type PollSeatEvents,
  type PollTurn,
  unsharedTurn,
} from '../poll-exchange.ts';
import type { PollSecrets } from './poll-secrets.ts';
import { beginTurn, finishTurn, readResult, releaseTurn, renewTurn } from './redis-scripts.ts';
import { readReport, writeReport } from './report-text.ts';

/** One replica at one key. Times in milliseconds. */
export interface RedisSeatOptions {
  readonly link: RedisLink;
  readonly secrets: PollSecrets;
  readonly events: PollSeatEvents;
  readonly keys: { readonly seat: string; readonly budget: string; readonly pause: string };
  readonly leaseMs: number;
  readonly pollBudgetPerMinute: number;
}

/** Some 17,000 jobs. With several times as many, Redis does not answer in time and counts as away, for the locks as well. */
const maxSharedChars = 8 * 1024 * 1024;

/** Replicas that wait for the same slot come back spread over this time, or the nearest one would always win. */
const slotSpreadMs = 50;

/**
 * A seat whose turns are numbered by Redis. The order rests on two rules: a result is taken only with the number of
 * the last turn given out, and by a replica only with a number above all that it has seen. While Redis is away the
 * seat polls alone and takes nothing from others; the first answer of Redis then tells the number above which the
 * others' results are newer than its own.
 */
export function createRedisSeat(options: RedisSeatOptions): PollSeat {
  const { link, secrets, events, keys, leaseMs, pollBudgetPerMinute } = options;
  let known = 0;
  let alone = false;
  let turn: string | undefined;
  let renewal: NodeJS.Timeout | undefined;
  let left = false;

  return {
    async catchUp() {
      try {
        // Listening first: what is published between the two is not lost.
        await link.subscribe(keys.seat, hear);
        const kept = await link.run((redis) => readResult(redis, [keys.seat], []));
        if (kept === null) return undefined;
        const [number, body = '', ageMs] = kept;
        return take(Number(number), body, Number(ageMs));
      } catch {
        alone = true;
        return undefined;
      }
    },
    async begin() {
      try {
        const before = known;
        const args = [known, alone ? 0 : 1, leaseMs, pollBudgetPerMinute, budgetWindowMs];
        const answer = await link.run((redis) =>
          beginTurn(redis, [keys.seat, keys.budget, keys.pause], args),
        );
        // The message of the very result that this answer is about may have overtaken it.
        if (known > before && Number(answer[1]) <= known) return { type: 'heard' };
        return read(answer);
      } catch {
        alone = true;
        return unsharedTurn;
      }
    },
    leave() {
      left = true;
      link.unsubscribe(keys.seat);
      if (turn) release(turn);
      endTurn();
    },
  };

  function read(answer: readonly string[]): PollTurn {
    const [type, number = '0', third = '0', ageMs = '0'] = answer;
    if (type === 'shared') {
      const report = take(Number(number), third, Number(ageMs));
      if (report) return { type, report };
      // Sealed by somebody else, who should not write here: poll all the same.
      known = Math.max(known, Number(number));
      return { type: 'busy', ms: 0 };
    }
    if (alone) {
      alone = false;
      known = Math.max(known, type === 'poll' ? Number(number) - 1 : Number(number));
    }
    if (type === 'poll') return startTurn(number);
    // Whatever Redis says: no timer lasts for ever, and one of more than 24 days would end at once.
    const ms = Math.min(Number(third) || 0, budgetWindowMs);
    return type === 'wait' ? { type, ms: ms + Math.random() * slotSpreadMs } : { type: 'busy', ms };
  }

  function startTurn(number: string): PollTurn {
    if (left) {
      release(number);
      return { type: 'busy', ms: 0 };
    }
    turn = number;
    renewal = setInterval(() => {
      link.run((redis) => renewTurn(redis, [keys.seat], [number, leaseMs])).catch(() => {});
    }, leaseMs / 3);
    return { type: 'poll', finish: (report) => finish(number, report) };
  }

  async function finish(number: string, report: PollReport): Promise<boolean> {
    let isNewest = false;
    try {
      const text = writeReport(report);
      if (text.length > maxSharedChars) throw new RangeError('The list is too long to be shared.');
      const body = secrets.seal(text, place(number));
      const args = [number, keys.seat, body, keeping(report), Math.ceil(report.pauseMs)];
      isNewest = (await link.run((redis) => finishTurn(redis, [keys.seat, keys.pause], args))) === 1;
    } catch {
      // It was not shared, or nobody knows whether it was. For our own watchers it is newer than all they have seen,
      // unless another's came.
      alone = true;
      isNewest = known < Number(number);
    }
    endTurn();
    if (isNewest) known = Math.max(known, Number(number));
    return isNewest;
  }

  /**
   * How long replicas that come later find the result: until the next two polls are overdue; after a final
   * error not at all.
   */
  function keeping({ outcome, nextInMs }: PollReport): string | number {
    if ('jobs' in outcome) return Math.ceil(2 * nextInMs + 2 * leaseMs);
    return judgeFailure(outcome.error) === 'final' ? 'drop' : 'keep';
  }

  function hear(message: string): void {
    const [number = '', body = ''] = message.split(' ');
    if (alone || number === turn) return;
    if (body === '') {
      events.onFree();
      return;
    }
    const report = take(Number(number), body, 0);
    if (report) events.onReport(report);
  }

  function take(number: number, body: string, ageMs: number): PollReport | undefined {
    if (!(number > known)) return undefined;
    const text = secrets.open(body, place(String(number)));
    if (text === undefined) return undefined;
    known = number;
    const report = readReport(text);
    return { ...report, nextInMs: Math.max(0, report.nextInMs - ageMs) };
  }

  function place(number: string): string {
    return `${keys.seat} ${number}`;
  }

  function release(number: string): void {
    link.run((redis) => releaseTurn(redis, [keys.seat], [number, keys.seat])).catch(() => {});
  }

  function endTurn(): void {
    turn = undefined;
    clearInterval(renewal);
  }
}

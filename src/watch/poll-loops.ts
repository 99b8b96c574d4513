import type { Credential } from '../capillary/credential.ts';
import { createTally } from '../flow/tally.ts';
import type { SeriesGroup } from './group-by-series.ts';
import type { PollKey } from './poll-exchange.ts';
import type { PollLoop, PollLoopOptions } from './poll-loop.ts';

/** The loops that run, one for each key. */
export interface PollLoops {
  /** The loop of a key. It is started when there is none, with this credential. */
  get(key: PollKey, credential: Credential): PollLoop;
  /** How many loops of a credential there would be with these series. */
  countWith(groups: readonly SeriesGroup[], credentialId: string): number;
  count(): number;
}

/** A loop leaves by itself when it ends. */
export function createPollLoops(
  start: (own: Pick<PollLoopOptions, 'key' | 'credential' | 'onEnd'>) => PollLoop,
): PollLoops {
  const loops = new Map<string, PollLoop>();
  const perCredential = createTally();
  return {
    get(key, credential) {
      const name = nameOf(key);
      const running = loops.get(name);
      if (running) return running;
      const leave = perCredential.enter(key.credentialId);
      const onEnd = () => {
        loops.delete(name);
        leave();
      };
      const loop = start({ key, credential, onEnd });
      loops.set(name, loop);
      return loop;
    },
    countWith(groups, credentialId) {
      const missing = groups.filter((series) => !loops.has(nameOf({ ...series, credentialId })));
      return perCredential.count(credentialId) + missing.length;
    },
    count: () => loops.size,
  };
}

function nameOf({ credentialId, kind, couponSeriesId }: PollKey): string {
  return `${credentialId} ${kind} ${couponSeriesId}`;
}

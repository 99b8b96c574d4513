import type { Fault } from '../../src/sandbox/faults/fault.ts';
import type { Dice } from './create-dice.ts';

const uploadFaults: readonly Fault[] = [
  { kind: 'reset', at: 'before' },
  { kind: 'reset', at: 'middle', afterBytes: 5_000 },
  { kind: 'reset', at: 'after' },
  { kind: 'reset', at: 'after', job: true },
  { kind: 'hang', at: 'before' },
  { kind: 'hang', at: 'after', job: true },
  { kind: 'latency', ms: 300 },
  { kind: 'latency', ms: 3_000 },
  { kind: 'slow', bytesPerSecond: 400_000 },
  { kind: 'status', status: 401, when: 'early' },
  { kind: 'status', status: 429, retryAfter: 1 },
  { kind: 'status', status: 503, when: 'early-reset' },
  { kind: 'status', status: 502, when: 'after-job' },
  { kind: 'status', status: 500 },
  { kind: 'malformed', when: 'after-job' },
  { kind: 'empty' },
  { kind: 'refused' },
];

const listFaults: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429, retryAfter: 1 },
  { kind: 'reset', at: 'before' },
  { kind: 'latency', ms: 500 },
  { kind: 'latency', ms: 3_000 },
  { kind: 'malformed' },
];

export const uploadFault = (dice: Dice): Fault => dice.pick(uploadFaults);
export const listFault = (dice: Dice): Fault => dice.pick(listFaults);

import type { Fault } from '../../src/sandbox/faults/fault.ts';
import { afterAnswerMs, afterIdleMs, atOnceMs, type FaultCase, limits } from './fault-case.ts';

/** More than all buffers of the sockets on the way hold. */
const large = 12 * 1024 * 1024;

function fault(name: string, what: Fault, more: Partial<FaultCase> = {}): FaultCase {
  return {
    name,
    withinMs: atOnceMs,
    run(stage) {
      stage.fail(what);
      return stage.upload();
    },
    ...more,
  };
}

/** Something after the job was made, and then a list that cannot tell. */
function lostAnd(name: string, list: Fault, withinMs: number): FaultCase {
  return {
    name: `answer is lost, and ${name}`,
    withinMs,
    async run(stage) {
      stage.fail({ kind: 'reset', at: 'after', job: true });
      const arrival = stage.arrived();
      const answer = stage.upload();
      // Not before: a keyed upload looks into the list first.
      await arrival;
      stage.fail(list, 'getUploadStatus', 3);
      return answer;
    },
    async heal(stage) {
      stage.fail({ kind: 'latency', ms: 0 }, 'getUploadStatus');
    },
  };
}

const early = [400, 401, 403, 404, 413, 429, 498, 500, 502, 503].map((status) =>
  // A file that fits into the buffers on the way may be whole upstream before the refusal is heard.
  fault(
    `refusal ${status} comes before the body is read`,
    { kind: 'status', status, when: 'early' },
    { fileBytes: large },
  ),
);
const late = [400, 401, 403, 429, 498, 500, 502, 503].map((status) =>
  fault(
    `answer to the whole file is ${status}`,
    { kind: 'status', status },
    { withinMs: limits.looksMs + atOnceMs },
  ),
);
const untrue = [500, 502, 503].map((status) =>
  fault(
    `answer to the whole file is ${status}, and the job was made all the same`,
    { kind: 'status', status, when: 'after-job' },
    { withinMs: limits.looksMs + atOnceMs },
  ),
);
const garbled = (['malformed', 'empty', 'lacking'] as const).flatMap((kind) => {
  const what = { malformed: 'is JSON that breaks off', empty: 'is empty', lacking: 'lacks its fields' }[kind];
  const withinMs = limits.looksMs + atOnceMs;
  return [
    fault(`answer ${what}, without a job`, { kind }, { withinMs }),
    fault(`answer ${what}, with a job`, { kind, when: 'after-job' }, { withinMs }),
  ];
});

/** Every fault that the sandbox knows, on the upload and on the list that is asked after a lost answer. */
export const upstreamFaults: readonly FaultCase[] = [
  fault(
    'connection upstream is reset before the body',
    { kind: 'reset', at: 'before' },
    { fileBytes: large },
  ),
  fault('body is never read', { kind: 'hang', at: 'before' }, { fileBytes: large, withinMs: afterIdleMs }),
  fault(
    'body is never read, and fits into the buffers on the way',
    { kind: 'hang', at: 'before' },
    { withinMs: afterAnswerMs },
  ),
  ...early,
  fault(
    'refusal 503 comes before the body is read, and then a reset',
    { kind: 'status', status: 503, when: 'early-reset' },
    { fileBytes: large },
  ),
  fault(
    'connection upstream is reset in the middle of the file',
    { kind: 'reset', at: 'middle', afterBytes: 100_000 },
    { fileBytes: large },
  ),
  fault(
    'body is read slowly',
    { kind: 'slow', bytesPerSecond: 12_000_000 },
    { fileBytes: large, withinMs: 5_000 + atOnceMs },
  ),
  fault(
    'body is read more slowly than the answer is waited for',
    { kind: 'slow', bytesPerSecond: 48_000 },
    { withinMs: afterAnswerMs },
  ),
  fault(
    'connection upstream is reset after the file, without a job',
    { kind: 'reset', at: 'after' },
    { withinMs: limits.looksMs + atOnceMs },
  ),
  fault(
    'connection upstream is reset after the file, with a job',
    { kind: 'reset', at: 'after', job: true },
    { withinMs: limits.looksMs + atOnceMs },
  ),
  fault('answer never comes, without a job', { kind: 'hang', at: 'after' }, { withinMs: afterAnswerMs }),
  fault(
    'answer never comes, with a job',
    { kind: 'hang', at: 'after', job: true },
    { withinMs: afterAnswerMs },
  ),
  fault('answer comes late, but in time', { kind: 'latency', ms: 1_000 }, { withinMs: 1_000 + atOnceMs }),
  fault('answer comes too late', { kind: 'latency', ms: 4_000 }, { withinMs: afterAnswerMs }),
  ...late,
  ...untrue,
  fault('answer is 200 and says that it failed', { kind: 'refused' }),
  ...garbled,
  lostAnd(
    'the list shows the job only later',
    { kind: 'answer', status: 200, body: emptyList() },
    limits.looksMs + atOnceMs,
  ),
  lostAnd('the list answers 500', { kind: 'status', status: 500 }, limits.looksMs + atOnceMs),
  lostAnd('the list is garbled', { kind: 'malformed' }, limits.looksMs + atOnceMs),
  lostAnd(
    'the list does not answer in time',
    { kind: 'latency', ms: limits.answerMs + 1_000 },
    limits.looksMs + 3 * limits.answerMs + atOnceMs,
  ),
  {
    name: 'list, asked before the upload, answers 500',
    withinMs: atOnceMs,
    run(stage) {
      stage.fail({ kind: 'status', status: 500 }, 'getUploadStatus', 9);
      return stage.upload();
    },
    async heal(stage) {
      stage.fail({ kind: 'latency', ms: 0 }, 'getUploadStatus');
    },
  },
];

function emptyList(): string {
  return JSON.stringify({
    success: true,
    status: 200,
    result: { orgId: 100458, couponSeriesId: 1, uploadJobStatuses: [] },
  });
}

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
    name: `Capillary's answer is lost, and ${name}`,
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
    `Capillary answers ${status} before it has read the body`,
    { kind: 'status', status, when: 'early' },
    { fileBytes: large },
  ),
);
const late = [400, 401, 403, 429, 498, 500, 502, 503].map((status) =>
  fault(
    `Capillary answers ${status} to the whole file`,
    { kind: 'status', status },
    { withinMs: limits.looksMs + atOnceMs },
  ),
);
const untrue = [500, 502, 503].map((status) =>
  fault(
    `Capillary answers ${status} to the whole file, but has created the job`,
    { kind: 'status', status, when: 'after-job' },
    { withinMs: limits.looksMs + atOnceMs },
  ),
);
const garbled = (['malformed', 'empty', 'lacking'] as const).flatMap((kind) => {
  const what = { malformed: 'is JSON that breaks off', empty: 'is empty', lacking: 'lacks its fields' }[kind];
  const withinMs = limits.looksMs + atOnceMs;
  return [
    fault(`Capillary's answer ${what}, and there is no job`, { kind }, { withinMs }),
    fault(`Capillary's answer ${what}, but there is a job`, { kind, when: 'after-job' }, { withinMs }),
  ];
});

/** Every fault that the sandbox knows, on the upload and on the list that is asked after a lost answer. */
export const upstreamFaults: readonly FaultCase[] = [
  fault(
    'Capillary resets the connection before it has read the body',
    { kind: 'reset', at: 'before' },
    { fileBytes: large },
  ),
  fault(
    'Capillary never reads the body',
    { kind: 'hang', at: 'before' },
    { fileBytes: large, withinMs: afterIdleMs },
  ),
  fault(
    'Capillary never reads the body, which fits into the buffers on the way',
    { kind: 'hang', at: 'before' },
    { withinMs: afterAnswerMs },
  ),
  ...early,
  fault(
    'Capillary answers 503 before it has read the body, and then resets the connection',
    { kind: 'status', status: 503, when: 'early-reset' },
    { fileBytes: large },
  ),
  fault(
    'Capillary resets the connection in the middle of the file',
    { kind: 'reset', at: 'middle', afterBytes: 100_000 },
    { fileBytes: large },
  ),
  fault(
    'Capillary reads the body slowly',
    { kind: 'slow', bytesPerSecond: 12_000_000 },
    { fileBytes: large, withinMs: 5_000 + atOnceMs },
  ),
  fault(
    'Capillary reads the body so slowly that the gateway stops waiting for the answer',
    { kind: 'slow', bytesPerSecond: 48_000 },
    { withinMs: afterAnswerMs },
  ),
  fault(
    'Capillary resets the connection after the file, and there is no job',
    { kind: 'reset', at: 'after' },
    { withinMs: limits.looksMs + atOnceMs },
  ),
  fault(
    'Capillary resets the connection after the file, but there is a job',
    { kind: 'reset', at: 'after', job: true },
    { withinMs: limits.looksMs + atOnceMs },
  ),
  fault(
    'Capillary never answers, and there is no job',
    { kind: 'hang', at: 'after' },
    { withinMs: afterAnswerMs },
  ),
  fault(
    'Capillary never answers, but there is a job',
    { kind: 'hang', at: 'after', job: true },
    { withinMs: afterAnswerMs },
  ),
  fault(
    'Capillary answers late, but in time',
    { kind: 'latency', ms: 1_000 },
    { withinMs: 1_000 + atOnceMs },
  ),
  fault('Capillary answers too late', { kind: 'latency', ms: 4_000 }, { withinMs: afterAnswerMs }),
  ...late,
  ...untrue,
  fault('Capillary answers 200 with a body that says the upload failed', { kind: 'refused' }),
  ...garbled,
  lostAnd(
    'its list of jobs shows the job only later',
    { kind: 'answer', status: 200, body: emptyList() },
    limits.looksMs + atOnceMs,
  ),
  lostAnd(
    'its list of jobs is answered with 500',
    { kind: 'status', status: 500 },
    limits.looksMs + atOnceMs,
  ),
  lostAnd('its list of jobs is JSON that breaks off', { kind: 'malformed' }, limits.looksMs + atOnceMs),
  lostAnd(
    'its list of jobs does not come in time',
    { kind: 'latency', ms: limits.answerMs + 1_000 },
    limits.looksMs + 3 * limits.answerMs + atOnceMs,
  ),
  {
    name: 'The list of jobs, read before the upload, is answered with 500',
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

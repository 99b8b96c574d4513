import type { Fault } from '../../src/sandbox/faults/fault.ts';
import { afterReadMs, atOnceMs, type FaultCase } from './fault-case.ts';
import { halfSent } from './half-sent.ts';

/** One after the other: a call for a token has no series, and who needs one at the same time shares it. */
const inTurn = true;
const ground = async () => ({
  env: { CAPILLARY_CLIENT_KEY: 'sandbox-key', CAPILLARY_CLIENT_SECRET: 'sandbox-secret' },
});

/** The gateway's token is no longer accepted, and the call for a new one goes wrong, once or each time. */
function fault(
  what: string,
  how: Fault,
  more: Partial<FaultCase> & { readonly once?: boolean } = {},
): FaultCase {
  const { once = false, ...rest } = more;
  return {
    name: `The gateway asks for a new token, and ${what}`,
    ...{ withinMs: atOnceMs, inTurn, ground },
    run(stage) {
      stage.sandbox.tokens.revokeAll();
      stage.fail(how, 'token', once ? 1 : 99);
      return stage.upload();
    },
    async heal(stage) {
      stage.fail({ kind: 'latency', ms: 0 }, 'token');
    },
    ...rest,
  };
}

const answer = (status: number, body: unknown): Fault => ({
  kind: 'answer',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** What happens to the calls for a token, where the gateway has a key and a secret of its own. */
export const tokenFaults: readonly FaultCase[] = [
  {
    name: "Capillary no longer accepts the gateway's token when the upload begins",
    ...{ withinMs: atOnceMs, inTurn, ground },
    run(stage) {
      stage.sandbox.tokens.revokeAll();
      return stage.upload();
    },
  },
  {
    name: "The gateway's token expires in the middle of the file",
    ...{ withinMs: atOnceMs, inTurn, ground },
    async run(stage) {
      using half = await halfSent(stage);
      stage.sandbox.tokens.expireAll();
      return await half.rest();
    },
  },
  fault(
    'Capillary refuses its key and secret',
    answer(400, { data: null, errors: [{ code: 320001, message: 'Invalid client key and secret' }] }),
  ),
  fault(
    'the new one is refused as well',
    answer(200, { data: { accessToken: 'refused', ttlSeconds: 300 }, errors: null }),
  ),
  fault('the answer is 429', { kind: 'status', status: 429 }),
  fault('the answer is 500', { kind: 'status', status: 500 }),
  fault('the answer is 503 once', { kind: 'status', status: 503 }, { once: true }),
  fault('the answer is 503 each time', { kind: 'status', status: 503 }),
  fault('the answer is JSON that breaks off', { kind: 'malformed' }),
  fault('the answer is empty', { kind: 'empty' }),
  fault('the answer contains no token', answer(200, { data: {}, errors: null })),
  fault('the answer is an HTML page', answer(200, '<html><body>Welcome</body></html>')),
  fault('the answer comes late, but in time', { kind: 'latency', ms: 1_000 }),
  fault('no answer comes', { kind: 'hang', at: 'after' }, { withinMs: afterReadMs }),
  fault('the connection is reset once', { kind: 'reset', at: 'after' }, { once: true }),
  fault('the connection is reset each time', { kind: 'reset', at: 'after' }),
];

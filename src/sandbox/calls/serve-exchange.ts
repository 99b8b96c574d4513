import { setTimeout as sleep } from 'node:timers/promises';
import { faultAnswer, isAnswerFault } from '../faults/fault-answer.ts';
import type { FaultSwitch } from '../faults/fault-switch.ts';
import { sendAnswer } from '../http/answer.ts';
import type { Call, Exchange, Prepared } from './exchange.ts';
import { drainBody } from './read-body.ts';

/**
 * Takes a request through its call, with its fault where it belongs: before, during or after the body. Never
 * rejects for what a client does.
 */
export async function serveExchange(exchange: Exchange, call: Call, faults: FaultSwitch): Promise<void> {
  if (await failedBeforeBody(exchange, faults)) return;
  const prepared = await call(exchange);
  if (prepared !== undefined) await answer(exchange, prepared, faults);
}

async function failedBeforeBody(exchange: Exchange, faults: FaultSwitch): Promise<boolean> {
  const { req, res, fault } = exchange;
  if (fault?.kind === 'reset' && fault.at === 'before') {
    req.socket.resetAndDestroy();
    return true;
  }
  if (fault?.kind === 'hang' && fault.at === 'before') {
    await faults.cleared();
    await drainBody(exchange);
    return true;
  }
  if (!isAnswerFault(fault)) return false;
  if (fault.when === 'early') {
    await Promise.all([sendAnswer(res, faultAnswer(fault)), drainBody(exchange)]);
    return true;
  }
  if (fault.when === 'early-reset') {
    // Marks the body as being read: otherwise Node would read all of it once the answer is out.
    req.read(0);
    // Otherwise Node would begin to close the connection by itself, and one that closes cannot be reset.
    res.shouldKeepAlive = true;
    await sendAnswer(res, faultAnswer(fault));
    req.socket.resetAndDestroy();
    return true;
  }
  return false;
}

async function answer(exchange: Exchange, prepared: Prepared, faults: FaultSwitch): Promise<void> {
  const { req, res, fault, signal } = exchange;
  if (fault?.kind === 'reset' && fault.at === 'after') {
    settle(prepared, fault.job);
    req.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'hang') {
    settle(prepared, fault.job);
    await faults.cleared();
    return;
  }
  if (isAnswerFault(fault)) {
    const makesJob = fault.when === 'after-job';
    const own = settle(prepared, makesJob);
    return sendAnswer(res, makesJob && prepared.refused && own !== undefined ? own : faultAnswer(fault));
  }
  const own = prepared.accept();
  // A client that goes away meanwhile is no reason to fail.
  if (fault?.kind === 'latency') await sleep(fault.ms, undefined, { signal, ref: false }).catch(() => {});
  return sendAnswer(res, own);
}

function settle(prepared: Prepared, makesJob: boolean | undefined) {
  if (makesJob === true) return prepared.accept();
  prepared.discard();
  return undefined;
}

import type { IncomingMessage } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import type { SandboxTokens } from './calls/token-store.ts';
import type { SandboxFaults } from './faults/fault-switch.ts';
import { parseFaultRule } from './faults/parse-fault-rule.ts';
import { type Answer, jsonAnswer, refusal } from './http/answer.ts';
import type { SandboxJobs } from './jobs/job-book.ts';
import type { LoggedRequest } from './requests/logged-request.ts';

/** What the control API controls. */
export interface Controls {
  readonly jobs: SandboxJobs;
  readonly faults: SandboxFaults;
  readonly tokens: SandboxTokens;
  readonly requests: readonly LoggedRequest[];
}

/** The prefix of the control API's paths. Capillary has nothing below it. */
export const controlPrefix = '/_sandbox/';

/**
 * The control API: the switches of the sandbox over HTTP, for scripts and other processes; docs/sandbox.md
 * lists the paths. Answers `{"ok":true}` where there is nothing to tell, 400 for a wrong body, 404 for an
 * unknown path or job. Never shows tokens.
 */
export function createControlApi(controls: Controls): (req: IncomingMessage) => Promise<Answer> {
  const { jobs, faults, tokens } = controls;

  return async (req) => {
    const body = await readAll(req);
    const path = (req.url ?? '').slice(controlPrefix.length).split('?', 1)[0] ?? '';
    try {
      return act(`${req.method} ${path}`, body) ?? refusal(404, 'The control API has no such path.');
    } catch (error) {
      if (error instanceof RangeError) return refusal(404, error.message);
      if (error instanceof TypeError || error instanceof SyntaxError) return refusal(400, error.message);
      throw error;
    }
  };

  function act(action: string, body: string): Answer | undefined {
    switch (action) {
      case 'GET faults':
        return jsonAnswer(200, faults.list());
      case 'PUT faults':
        return done(() => faults.set(parseFaultRule(JSON.parse(body))));
      case 'DELETE faults':
        return done(() => faults.clear());
      case 'GET requests':
        return jsonAnswer(200, controls.requests.map(redacted));
      case 'GET jobs':
        return jsonAnswer(200, jobs.list());
      case 'POST jobs/hold':
        return done(() => jobs.hold());
      case 'POST jobs/release':
        return done(() => jobs.release());
      case 'PUT jobs/hideNew':
        return done(() => hideNew(jobs, body));
      case 'POST tokens/expire':
        return done(() => tokens.expireAll());
      case 'POST tokens/revoke':
        return done(() => tokens.revokeAll());
      default:
        return actOnJob(action, body);
    }
  }

  function actOnJob(action: string, body: string): Answer | undefined {
    const [, method, id, verb] = /^(\w+) jobs\/(\d+)(?:\/(\w+))?$/.exec(action) ?? [];
    const jobId = Number(id);
    switch (`${method} ${verb}`) {
      case 'GET undefined':
        return jsonAnswer(200, jobs.get(jobId));
      case 'DELETE undefined':
        return done(() => jobs.remove(jobId));
      case 'POST advance':
        return done(() => jobs.advance(jobId));
      case 'POST finish':
        return done(() => jobs.finish(jobId));
      case 'PUT status':
        return done(() => setStatus(jobs, jobId, body));
      default:
        return undefined;
    }
  }
}

function done(act: () => void): Answer {
  act();
  return jsonAnswer(200, { ok: true });
}

function redacted(request: LoggedRequest): object {
  const { token, done: _done, ...rest } = request;
  return { ...rest, hasToken: token !== undefined };
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('The body must be an object.');
  return { ...parsed };
}

function hideNew(jobs: SandboxJobs, text: string): void {
  const { lists } = bodyOf(text);
  if (typeof lists !== 'number') throw new TypeError('The body must have a number lists.');
  jobs.hideNew(lists);
}

function setStatus(jobs: SandboxJobs, jobId: number, text: string): void {
  const { status } = bodyOf(text);
  if (typeof status !== 'string') throw new TypeError('The body must have a text status.');
  jobs.setStatus(jobId, status);
}

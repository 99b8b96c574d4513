import { type Answer, authRefusal, jsonAnswer, refusal } from '../http/answer.ts';
import type { Fault } from './fault.ts';

/** Faults that consist in an answer. */
export type AnswerFault = Extract<Fault, { readonly when?: unknown }>;

/** Whether a fault is an answer, and not the absence of one. */
export function isAnswerFault(fault: Fault | undefined): fault is AnswerFault {
  switch (fault?.kind) {
    case 'status':
    case 'answer':
    case 'malformed':
    case 'empty':
    case 'lacking':
    case 'refused':
      return true;
    default:
      return false;
  }
}

/** The answer of each fault (upstream contract, section 2). */
export function faultAnswer(fault: AnswerFault): Answer {
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault.status, fault.code, fault.retryAfter);
    case 'answer':
      return fault;
    case 'malformed':
      return { status: 200, body: '{"success":true,"status":200,"result":{"orgId":' };
    case 'empty':
      return { status: 200, body: '' };
    case 'lacking':
      return jsonAnswer(200, { success: true, status: 200, result: {} });
    case 'refused':
      return jsonAnswer(200, { success: false, status: 400, message: 'Incorrect or invalid input.' });
  }
}

function statusAnswer(status: number, code: number | undefined, retryAfter: number | undefined): Answer {
  const answer = bodyOf(status, code);
  if (retryAfter === undefined) return answer;
  return { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

function bodyOf(status: number, code: number | undefined): Answer {
  switch (status) {
    case 401:
      return authRefusal(401, 401, 'Unauthorized');
    case 498:
      return authRefusal(498, 498, `Token expired at ${new Date().toISOString()}`);
    case 403:
      return code === 4000
        ? errorList(403, 4000, 'Not authorized. Access is denied!')
        : authRefusal(403, 403, "Client doesn't have access to the requested resource");
    case 502:
      return { status, contentType: 'text/html', body: '<html><body><h1>502 Bad Gateway</h1></body></html>' };
    case 503:
      return errorList(503, 4001, 'Authorization status unavailable!');
    default:
      return refusal(status, messages[status] ?? `Sandbox fault ${status}.`);
  }
}

const messages: Readonly<Record<number, string>> = {
  400: 'Incorrect or invalid input.',
  404: 'invalid coupon_series_id for org id',
  413: 'The file is too large.',
  429: 'Too many requests.',
  500: 'Unable to post or retrieve details.',
};

function errorList(status: number, code: number, message: string): Answer {
  return jsonAnswer(status, { errors: [{ code, message }], data: null });
}

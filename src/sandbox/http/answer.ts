import type { ServerResponse } from 'node:http';

/** One answer of the sandbox, ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Default `application/json;charset=UTF-8`. */
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** `body` as JSON. */
export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body) };
}

/**
 * The body of every answer that Capillary does not document: 400, 404, 405, 413, 415, 429, 5xx (sandbox convention).
 */
export function refusal(status: number, message: string): Answer {
  return jsonAnswer(status, { success: false, status, message });
}

/** The body of the documented auth codes, in which `success` is the text `"true"`. */
export function authRefusal(status: number, code: number, message: string): Answer {
  return jsonAnswer(status, { status: { code, success: 'true', message } });
}

/** Sends the answer. Resolves once the system has it, or once the client is gone. */
export function sendAnswer(res: ServerResponse, answer: Answer): Promise<void> {
  if (res.destroyed || res.headersSent) return Promise.resolve();
  return new Promise((resolve) => {
    res.once('close', resolve);
    res.writeHead(answer.status, {
      'content-type': answer.contentType ?? 'application/json;charset=UTF-8',
      'content-length': Buffer.byteLength(answer.body),
      ...answer.headers,
    });
    res.end(answer.body, () => resolve());
  });
}

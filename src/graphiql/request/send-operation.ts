import { failure, type GraphQLResult } from './graphql-result.ts';
import type { GraphQLParams } from './multipart-parts.ts';
import { readAnswer } from './read-answer.ts';

/** Where an operation goes, and with which headers. */
export interface SendOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends an operation as JSON. Resolves also when there is no answer, with an error that a person can read. */
export async function sendOperation(params: GraphQLParams, options: SendOptions): Promise<GraphQLResult> {
  const { url, headers, signal } = options;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(params),
      signal: signal ?? null,
    });
    return readAnswer(response.status, await response.text());
  } catch {
    if (signal?.aborted) return failure('CANCELLED', 'Stopped.');
    return failure('UNREACHABLE', unreachable);
  }
}

/** What to tell when nothing answers. */
export const unreachable = 'The gateway cannot be reached. Is it still running, and is this machine online?';

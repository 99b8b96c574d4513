import { jsonAnswer, refusal } from '../http/answer.ts';
import { type Call, refused } from './exchange.ts';
import { readText } from './read-body.ts';
import type { TokenStore } from './token-store.ts';

const maxBodyBytes = 64 * 1024;

/** `POST /v3/oauth/token/generate` (upstream contract, section 3). The body of a wrong key is documented, its HTTP 400 is not. */
export function createTokenCall(tokens: TokenStore): Call {
  return async (exchange) => {
    const text = await readText(exchange, maxBodyBytes);
    if (text === undefined) {
      return exchange.req.complete ? refused(refusal(413, 'The body is too long.')) : undefined;
    }
    const body = parse(text);
    if (body === undefined) return refused(refusal(400, 'Incorrect or invalid input.'));
    Object.assign(exchange.logged.fields, { key: body.key });
    const wrong = { data: null, errors: [{ code: 320001, message: 'Invalid client key and secret' }] };
    return {
      accept: () => {
        const data = tokens.issue(body.key, body.secret);
        return data === undefined ? jsonAnswer(400, wrong) : jsonAnswer(200, { data, errors: null });
      },
      discard: () => {},
      refused: false,
    };
  };
}

function parse(text: string): { key: string; secret: string } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return undefined;
    const { key, secret } = body as { key?: unknown; secret?: unknown };
    return typeof key === 'string' && typeof secret === 'string' ? { key, secret } : undefined;
  } catch {
    return undefined;
  }
}

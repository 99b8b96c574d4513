import type { Writable } from 'node:stream';
import type { GatewayError } from '../../errors.ts';
import { badRequest } from './bad-request.ts';
import type { TellBoundary } from './boundary-search.ts';

/** busboy 1.6's parser of the headers of a part, as far as it is used here. */
interface HeaderParser {
  /** Called with the headers of a part; names are in lower case. */
  cb(headers: Readonly<Record<string, readonly string[] | undefined>>): void;
}

/**
 * Refuses a part whose Content-Disposition is missing, malformed or not `form-data` (RFC 7578, 4.2). busboy
 * silently skips such a part, and its file would count as one that nobody sent. Uses private fields, for
 * there are no others; in a busboy without them nothing is refused.
 */
export function checkPartHeaders(
  form: Writable,
  tell: TellBoundary,
  refuse: (reason: GatewayError) => void,
): TellBoundary {
  let heard: HeaderParser | undefined;

  return (isMatch, data, start, end, isKept) => {
    tell(isMatch, data, start, end, isKept);
    // It exists from the line end behind a boundary on, which comes in a call of its own.
    const { _hparser: parser } = form as { _hparser?: HeaderParser | null };
    if (!parser || parser === heard || typeof parser.cb !== 'function') return;
    heard = parser;
    const take = parser.cb;
    parser.cb = (headers) => {
      const disposition = headers['content-disposition']?.[0];
      if (!disposition || !formData.test(disposition)) refuse(malformed(disposition));
      take(headers);
    };
  };
}

/** All that busboy can read, and a little more. */
const formData = /^form-data(?:[ \t]*;[ \t]*[^\s;="]+=(?:"(?:\\.|[^"\\])*"|[^\s;"]+))*[ \t]*$/i;

function malformed(disposition: string | undefined): GatewayError {
  const found = disposition ? `it is ${JSON.stringify(disposition.slice(0, 100))}` : 'it is missing';
  return badRequest(
    `The Content-Disposition header of a part must read like form-data; name="0"; filename="coupons.csv", but ${found}.`,
  );
}

import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import type { GatewayError } from '../../errors.ts';
import { badRequest } from './bad-request.ts';
import { checkBoundaryLines } from './check-boundary-lines.ts';
import { checkPartHeaders } from './check-part-headers.ts';
import { guardFields, guardFiles } from './guard-parts.ts';
import { refuseForm } from './refuse-form.ts';
import { replaceBoundarySearch } from './replace-boundary-search.ts';

/** The guard between the parser and the library. */
export interface FormGuard {
  /** Hands out busboy's parser, which the library keeps to itself. */
  onForm(form: Writable): void;
  /**
   * Called before the library acts on the `map` part. Whatever it throws ends the form, and is what the
   * library rejects with.
   */
  checkFields(operations: unknown, map: unknown): void;
  /** Called for each file part that begins, in their order. Not for those without a name. */
  onFile(name: string): void;
  /** Called behind the last file. */
  onLastBoundary(): void;
}

/**
 * Stands in for the request when graphql-upload-minimal asks to pipe it, which is all that the library asks
 * for. That is the place for a guard between the parser and the library: the library sets any `map` path
 * other than `__proto__`, so that `variables.hasOwnProperty.call` would change every object of the process,
 * and it listens only once for parser errors.
 */
export function guardedRequest(req: IncomingMessage, guard: FormGuard): IncomingMessage {
  // An empty one (RFC 2046, 5.1.1) the parser accepts in quotes, and would then find the end of a part in every
  // line that begins with two dashes.
  if (!/;\s*boundary=(?!""|\s*(?:;|$))/i.test(req.headers['content-type'] ?? '')) {
    throw badRequest(noBoundary);
  }
  const stand: Pick<IncomingMessage, 'headers' | 'readableEnded' | 'once' | 'resume' | 'unpipe' | 'pipe'> = {
    headers: { ...req.headers, 'content-type': plainContentType(req.headers['content-type']) },
    get readableEnded() {
      return req.readableEnded;
    },
    once: req.once.bind(req),
    resume: req.resume.bind(req),
    unpipe: req.unpipe.bind(req),
    pipe<T extends NodeJS.WritableStream>(parser: T): T {
      const form = parser as unknown as Writable;
      // busboy reports a malformed header twice; without this the second report would end the process.
      form.on('error', () => {});
      const onFault = (reason: GatewayError) => refuseForm(form, reason);
      replaceBoundarySearch(form, (tell) =>
        checkBoundaryLines(checkPartHeaders(form, tell, onFault), onFault, guard.onLastBoundary),
      );
      const hasMap = guardFields(form, guard.checkFields);
      guardFiles(form, hasMap, guard.onFile);
      guard.onForm(form);
      const piped = req.pipe(parser);
      refusePieces(req, form, hasMap);
      return piped;
    },
  };
  return stand as IncomingMessage;
}

const noBoundary =
  'The Content-Type names no boundary. Do not set this header yourself: whatever writes the form knows its boundary.';

/** Pieces of the two parts together, which have 2 MiB at most. */
const maxPieces = 20_000;

/**
 * The parser keeps a field in the pieces in which it comes: sent byte by byte, a megabyte of `operations`
 * would take hundreds of megabytes. Nothing is kept of the files behind `map`.
 */
function refusePieces(req: IncomingMessage, form: Writable, hasMap: () => boolean): void {
  let pieces = 0;
  const count = () => {
    pieces += 1;
    const isTooMany = pieces > maxPieces;
    if (isTooMany || hasMap()) req.off('data', count);
    if (isTooMany) refuseForm(form, badRequest('The form comes in too many small pieces.'));
  };
  req.on('data', count);
}

/**
 * The library knows only one spelling of the media type, and the parser no empty parameter (RFC 9110, 8.3.1 and 5.6.6).
 * Nor does it know a boundary that belongs in quotes and has none, such as the `===1763851234567===` of much Java code
 * that writes its forms by hand.
 */
function plainContentType(contentType = ''): string {
  let end = contentType.length;
  // By index: a pattern would try each of the thousands of semicolons that a header has room for.
  while (end > 0 && '; \t'.includes(contentType.charAt(end - 1))) end -= 1;
  return contentType
    .slice(0, end)
    .replace(/^\s*multipart\/form-data\s*;/i, 'multipart/form-data;')
    .replace(/(;\s*boundary=)([^\s;"\\]+)(?=\s*(?:;|$))/i, '$1"$2"');
}

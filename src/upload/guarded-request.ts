import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { checkBoundaryLines } from './check-boundary-lines.ts';
import { checkPartHeaders } from './check-part-headers.ts';
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
 * `name` is undefined where a part has none, or an empty one; `value` where the part's charset is unknown.
 */
type FileListener = (name: string | undefined, stream: Readable, info: PartInfo) => void;
type FieldListener = (
  name: string | undefined,
  value: string | undefined,
  info: PartInfo & { valueTruncated: boolean },
) => void;
interface PartInfo {
  /** Of `Content-Transfer-Encoding`, in lower case; "7bit" where there is none. */
  readonly encoding: string;
}

/**
 * Stands in for the request when graphql-upload-minimal asks to pipe it, which is all that the library asks
 * for. That is the place for a guard between the parser and the library: the library sets any `map` path
 * other than `__proto__`, so that `variables.hasOwnProperty.call` would change every object of the process,
 * and it listens only once for parser errors.
 */
export function guardedRequest(req: IncomingMessage, guard: FormGuard): IncomingMessage {
  if (/;\s*boundary=""/i.test(req.headers['content-type'] ?? '')) {
    // RFC 2046, 5.1.1. The parser accepts it, and would then find the end of a part in every line that begins
    // with two dashes.
    throw new GatewayError('BAD_REQUEST', 'The multipart boundary is empty.');
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
      const onFault = (reason: GatewayError) => refuse(form, reason);
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
    if (isTooMany) refuse(form, new GatewayError('BAD_REQUEST', 'The form comes in too many small pieces.'));
  };
  req.on('data', count);
}

/**
 * The library knows only one spelling of the media type, and the parser no empty parameter (RFC 9110, 8.3.1
 * and 5.6.6).
 */
function plainContentType(contentType = ''): string {
  let end = contentType.length;
  // By index: a pattern would try each of the thousands of semicolons that a header has room for.
  while (end > 0 && '; \t'.includes(contentType.charAt(end - 1))) end -= 1;
  return contentType.slice(0, end).replace(/^\s*multipart\/form-data\s*;/i, 'multipart/form-data;');
}

/** Checks the text fields. The function returned says whether the `map` part has come. */
function guardFields(form: Writable, checkFields: FormGuard['checkFields']): () => boolean {
  const [takeField] = form.listeners('field') as FieldListener[];
  form.removeAllListeners('field');
  let operations: unknown;
  let hasMap = false;
  const onField: FieldListener = (name, text, info) => {
    // A byte order mark, which programs on Windows write, is no part of the JSON.
    const value = text?.replace(/^\ufeff/, '');
    refuseStray(name, operations !== undefined);
    refuseEncoded(name, info);
    if (!info.valueTruncated && name === 'operations') operations = parseJson(name, value);
    if (!info.valueTruncated && name === 'map' && operations !== undefined) {
      checkFields(operations, parseJson(name, value));
    }
    hasMap ||= name === 'map';
    takeField?.(name, value, info);
  };
  form.on('field', orRefuse(form, onField));
  return () => hasMap;
}

/**
 * Checks the file parts. Of two files with one name the library would take the first, and wait for ever for
 * someone to read the second.
 */
function guardFiles(form: Writable, hasMap: () => boolean, tellName: FormGuard['onFile']): void {
  const [takeFile] = form.listeners('file') as FileListener[];
  form.removeAllListeners('file');
  const names = new Set<string>();
  const onFile: FileListener = (name, stream, info) => {
    // Refusing the form destroys the file with it, to which nobody else may be listening yet.
    stream.on('error', () => {});
    if ((name === 'operations' || name === 'map') && !hasMap()) {
      const message = `The "${name}" part must be a text field: send it without a filename.`;
      throw new GatewayError('BAD_REQUEST', message);
    }
    refuseEncoded(name, info);
    // A part without a name is not in the map: the library ignores such parts, however many there are.
    if (name !== undefined) {
      if (names.has(name)) {
        const shown = JSON.stringify(name.slice(0, 40));
        throw new GatewayError('BAD_REQUEST', `Two file parts have the name ${shown}.`);
      }
      names.add(name);
      tellName(name);
    }
    takeFile?.(name, stream, info);
  };
  form.on('file', orRefuse(form, onFile));
}

/**
 * The library takes two fields and ignores the rest. It would take a third one before `map` for `map` itself,
 * and then blame the wrong part for what is missing.
 */
function refuseStray(name: string | undefined, hasOperations: boolean): void {
  if (name === 'map' || (name === 'operations' && !hasOperations)) return;
  const what =
    name === 'operations' ? 'A second "operations"' : `The field ${JSON.stringify(name?.slice(0, 40) ?? '')}`;
  const message = `${what} stands before the "map" part. The order is: "operations", "map", the files, and then anything else.`;
  throw new GatewayError('BAD_REQUEST', message);
}

/** Nothing decodes a part (RFC 7578, 4.7): an encoded file would go upstream encoded. */
function refuseEncoded(name: string | undefined, { encoding }: PartInfo): void {
  if (['7bit', '8bit', 'binary', ''].includes(encoding.trim())) return;
  const part = JSON.stringify(name?.slice(0, 40) ?? '');
  const shown = JSON.stringify(encoding.slice(0, 40));
  const message = `The part ${part} has the Content-Transfer-Encoding ${shown}, which is not decoded here: send it as it is.`;
  throw new GatewayError('BAD_REQUEST', message);
}

/** An error thrown by a listener would come out of the request's own `data` event, and end the process. */
function orRefuse<Args extends unknown[]>(form: Writable, listener: (...args: Args) => void) {
  return (...args: Args) => {
    try {
      listener(...args);
    } catch (error) {
      refuse(form, error);
    }
  };
}

function refuse(form: Writable, reason: unknown): void {
  // The chunk with the refused part may hold more parts, about which the library would complain instead.
  form.removeAllListeners('field').removeAllListeners('file');
  form.destroy(reason as Error);
}

/** Without the message of JSON.parse, which quotes the body. */
function parseJson(name: string, text = ''): unknown {
  // The parser has replaced invalid UTF-8: other words than the client meant would go upstream.
  if (text.includes('\ufffd')) {
    const message = `The "${name}" part is not valid UTF-8, or holds U+FFFD, which stands for what was lost of a text.`;
    throw new GatewayError('BAD_REQUEST', message);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('BAD_REQUEST', `The "${name}" part is not valid JSON.`);
  }
}

import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { checkBoundaryLines } from './check-boundary-lines.ts';
import { checkPartHeaders } from './check-part-headers.ts';
import { replaceBoundarySearch } from './replace-boundary-search.ts';

/** What stands between the parser and the library. */
export interface FormGuard {
  /** Hands out busboy's parser, which the library keeps to itself. */
  onForm(form: Writable): void;
  /** Called before the library acts on the `map` part. What it throws ends the form, and is the library's rejection. */
  checkFields(operations: unknown, map: unknown): void;
}

/** busboy's name is undefined where a part has none, or an empty one; its value where the part's charset is unknown. */
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
 * Stands in for the request towards graphql-upload-minimal, which asks of it only to be piped. That is the place to
 * put a guard between the parser and the library: the library sets any `map` path that is not `__proto__`, so that
 * `variables.hasOwnProperty.call` would change every object of the process, and it listens once for parser errors.
 */
export function guardedRequest(req: IncomingMessage, guard: FormGuard): IncomingMessage {
  if (/;\s*boundary=""/i.test(req.headers['content-type'] ?? '')) {
    // RFC 2046, 5.1.1. The parser takes it, and would find a part's end in every line that begins with two dashes.
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
      // busboy tells a malformed header twice; the second time nobody else listens, and the process would end.
      form.on('error', () => {});
      const onFault = (reason: GatewayError) => refuse(form, reason);
      replaceBoundarySearch(form, (tell) =>
        checkBoundaryLines(checkPartHeaders(form, tell, onFault), onFault),
      );
      const hasMap = guardFields(form, guard.checkFields);
      guardFiles(form, hasMap);
      guard.onForm(form);
      const piped = req.pipe(parser);
      refusePieces(req, form, hasMap);
      return piped;
    },
  };
  return stand as IncomingMessage;
}

/** Of the two parts together, which are 2 MiB at most. */
const maxPieces = 20_000;

/**
 * The parser keeps a field in the pieces it comes in: as chunks of one byte each a megabyte of `operations` would be hundreds
 * of them in memory. Of the files behind `map` nothing is kept.
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

/** The library knows one spelling of the media type only, the parser no empty parameter (RFC 9110, 8.3.1 and 5.6.6). */
function plainContentType(contentType = ''): string {
  let end = contentType.length;
  // By index: a pattern would try each of the thousands of semicolons that a header has room for.
  while (end > 0 && '; \t'.includes(contentType.charAt(end - 1))) end -= 1;
  return contentType.slice(0, end).replace(/^\s*multipart\/form-data\s*;/i, 'multipart/form-data;');
}

/** Answers whether the `map` part has come. */
function guardFields(form: Writable, checkFields: FormGuard['checkFields']): () => boolean {
  const [takeField] = form.listeners('field') as FieldListener[];
  form.removeAllListeners('field');
  let operations: unknown;
  let hasMap = false;
  const onField: FieldListener = (name, text, info) => {
    // As in a JSON body, what a program on Windows writes before its UTF-8 is none of the JSON.
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

/** Of two files with one name the library would take the first and wait for ever for someone to read the second. */
function guardFiles(form: Writable, hasMap: () => boolean): void {
  const [takeFile] = form.listeners('file') as FileListener[];
  form.removeAllListeners('file');
  const names = new Set<string>();
  const onFile: FileListener = (name, stream, info) => {
    // Refusing the form destroys the file with it, which nobody else may be listening to yet.
    stream.on('error', () => {});
    if ((name === 'operations' || name === 'map') && !hasMap()) {
      const message = `The "${name}" part must be a text field: send it without a filename.`;
      throw new GatewayError('BAD_REQUEST', message);
    }
    refuseEncoded(name, info);
    // Parts without a name are none of the map's: the library passes over them, however many there are.
    if (name !== undefined) {
      if (names.has(name)) {
        const shown = JSON.stringify(name.slice(0, 40));
        throw new GatewayError('BAD_REQUEST', `Two file parts have the name ${shown}.`);
      }
      names.add(name);
    }
    takeFile?.(name, stream, info);
  };
  form.on('file', orRefuse(form, onFile));
}

/**
 * The library hears of two fields and passes over the rest. A third that stands before `map` would be taken for it, and
 * what is missing then would be told of the wrong part.
 */
function refuseStray(name: string | undefined, hasOperations: boolean): void {
  if (name === 'map' || (name === 'operations' && !hasOperations)) return;
  const what =
    name === 'operations' ? 'A second "operations"' : `The field ${JSON.stringify(name?.slice(0, 40) ?? '')}`;
  const message = `${what} stands before the "map" part. The order is: "operations", "map", the files, and then anything else.`;
  throw new GatewayError('BAD_REQUEST', message);
}

/** Nothing decodes a part (RFC 7578, 4.7): what is encoded would go upstream like that, and count as the file. */
function refuseEncoded(name: string | undefined, { encoding }: PartInfo): void {
  if (['7bit', '8bit', 'binary', ''].includes(encoding.trim())) return;
  const part = JSON.stringify(name?.slice(0, 40) ?? '');
  const shown = JSON.stringify(encoding.slice(0, 40));
  const message = `The part ${part} has the Content-Transfer-Encoding ${shown}, which is not decoded here: send it as it is.`;
  throw new GatewayError('BAD_REQUEST', message);
}

/** What a listener throws would come out of the request's own `data` event, where it ends the process. */
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
  // The chunk in which a part was refused may hold more parts, of which the library would complain instead.
  form.removeAllListeners('field').removeAllListeners('file');
  form.destroy(reason as Error);
}

/** Without the text of JSON.parse's error, which quotes the body. */
function parseJson(name: string, text = ''): unknown {
  // The parser has replaced what is no UTF-8, and would let other words go upstream than the client meant.
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

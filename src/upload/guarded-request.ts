import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { checkBoundaryLines } from './check-boundary-lines.ts';
import { quickenBoundarySearch } from './quicken-boundary-search.ts';

export interface FormGuard {
  /** Hands out busboy's parser, which the library keeps to itself. */
  onForm(form: Writable): void;
  /** Called before the library acts on the `map` part. What it throws ends the form, and is the library's rejection. */
  checkFields(operations: unknown, map: unknown): void;
}

/** busboy's name is undefined where a part has none, or an empty one. */
type FileListener = (name: string | undefined, stream: Readable, info: unknown) => void;
type FieldListener = (name: string | undefined, value: string, info: { valueTruncated: boolean }) => void;

/**
 * Stands in for the request towards graphql-upload-minimal, which asks of it only to be piped. That is the place to
 * put a guard between the parser and the library: the library sets any `map` path that is not `__proto__`, so that
 * `variables.hasOwnProperty.call` would change every object of the process, and it listens once for parser errors.
 */
export function guardedRequest(req: IncomingMessage, guard: FormGuard): IncomingMessage {
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
      quickenBoundarySearch(form);
      checkBoundaryLines(form, (reason) => refuse(form, reason));
      guardFields(form, guard.checkFields);
      guardFiles(form);
      guard.onForm(form);
      return req.pipe(parser);
    },
  };
  return stand as IncomingMessage;
}

/** The library knows one spelling of the media type only (RFC 9110, 8.3.1 has more). */
function plainContentType(contentType = ''): string {
  return contentType.replace(/^\s*multipart\/form-data\s*;/i, 'multipart/form-data;');
}

function guardFields(form: Writable, checkFields: FormGuard['checkFields']): void {
  const [takeField] = form.listeners('field') as FieldListener[];
  form.removeAllListeners('field');
  let operations: unknown;
  const onField: FieldListener = (name, value, info) => {
    if (!info.valueTruncated && name === 'operations') operations = parseJson(name, value);
    if (!info.valueTruncated && name === 'map' && operations !== undefined) {
      checkFields(operations, parseJson(name, value));
    }
    takeField?.(name, value, info);
  };
  form.on('field', orRefuse(form, onField));
}

/** Of two files with one name the library would take the first and wait for ever for someone to read the second. */
function guardFiles(form: Writable): void {
  const [takeFile] = form.listeners('file') as FileListener[];
  form.removeAllListeners('file');
  const names = new Set<string>();
  const onFile: FileListener = (name, stream, info) => {
    // Refusing the form destroys the file with it, which nobody else may be listening to yet.
    stream.on('error', () => {});
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
function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('BAD_REQUEST', `The "${name}" part is not valid JSON.`);
  }
}

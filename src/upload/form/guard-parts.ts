import type { Readable, Writable } from 'node:stream';
import { badRequest, shown } from './bad-request.ts';
import { refuseForm } from './refuse-form.ts';

/** `name` is undefined where a part has none, or an empty one; `value` where the part's charset is unknown. */
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

/** Checks the text fields. The function returned says whether the `map` part has come. */
export function guardFields(
  form: Writable,
  checkFields: (operations: unknown, map: unknown) => void,
): () => boolean {
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
export function guardFiles(form: Writable, hasMap: () => boolean, tellName: (name: string) => void): void {
  const [takeFile] = form.listeners('file') as FileListener[];
  form.removeAllListeners('file');
  const names = new Set<string>();
  const onFile: FileListener = (name, stream, info) => {
    // Refusing the form destroys the file with it, to which nobody else may be listening yet.
    stream.on('error', () => {});
    if ((name === 'operations' || name === 'map') && !hasMap()) {
      throw badRequest(`The "${name}" part must be a text field: send it without a filename.`);
    }
    refuseEncoded(name, info);
    // A part without a name is not in the map: the library ignores such parts, however many there are.
    if (name !== undefined) {
      if (names.has(name)) throw badRequest(`Two file parts have the name ${shown(name)}.`);
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
  const what = name === 'operations' ? 'A second "operations"' : `The field ${shown(name)}`;
  throw badRequest(
    `${what} stands before the "map" part. The order is: "operations", "map", the files, and then anything else.`,
  );
}

/** Nothing decodes a part (RFC 7578, 4.7): an encoded file would go upstream encoded. */
function refuseEncoded(name: string | undefined, { encoding }: PartInfo): void {
  if (['7bit', '8bit', 'binary', ''].includes(encoding.trim())) return;
  throw badRequest(
    `The part ${shown(name)} has the Content-Transfer-Encoding ${shown(encoding)}, which is not supported: send the content unencoded.`,
  );
}

/** An error thrown by a listener would come out of the request's own `data` event, and end the process. */
function orRefuse<Args extends unknown[]>(form: Writable, listener: (...args: Args) => void) {
  return (...args: Args) => {
    try {
      listener(...args);
    } catch (error) {
      refuseForm(form, error);
    }
  };
}

/** Without the message of JSON.parse, which quotes the body. */
function parseJson(name: string, text = ''): unknown {
  // The parser has replaced invalid UTF-8: other words than the client meant would go upstream.
  if (text.includes('\ufffd')) {
    throw badRequest(
      `The "${name}" part is not valid UTF-8, or holds U+FFFD, which stands for what was lost of a text.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`The "${name}" part is not valid JSON.`);
  }
}

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { deferred } from '../../flow/deferred.ts';
import type { Exchange } from './exchange.ts';
import { drainBody, readBody } from './read-body.ts';

/** Who hears of the file as it comes. */
export interface FormOptions {
  /** The part named `file` begins: the fields that came before it are in `exchange.logged.fields`. */
  readonly onFile: () => void;
  readonly onData: (chunk: Buffer) => void;
}

/** `problem` says why the form is malformed; `cut` that the connection broke. */
export type ReceivedForm =
  | { readonly cut: true }
  | { readonly cut: false; readonly problem: string | undefined };

const maxFieldBytes = 64 * 1024;

/**
 * Reads a multipart body as it comes in, and keeps nothing of its file: chunks go to `onData` while the
 * client sends. Records what came in `exchange.logged`. Resolves at the end of the body or of the connection,
 * or early at the first problem; the rest of the body is then read and dropped. Never rejects.
 */
export async function receiveForm(exchange: Exchange, options: FormOptions): Promise<ReceivedForm> {
  const { req, logged, fault } = exchange;
  const parser = createParser(req);
  if (!parser) {
    void drainBody(exchange);
    return { cut: false, problem: 'The request has no multipart/form-data body with a boundary.' };
  }
  let problem: string | undefined;
  let files = 0;
  const parsed = deferred();
  const failure = deferred<ReceivedForm>();
  const failed = (text: string) => {
    problem ??= text;
    failure.resolve({ cut: false, problem });
  };

  parser.on('field', (name, value, info) => {
    if (info.valueTruncated) failed(`Part ${name} is longer than ${maxFieldBytes} bytes.`);
    logged.fields[name] = value;
  });
  parser.on('file', (name, file, info) => {
    // An unfinished part fails along with its form, whose error is handled below.
    file.on('error', () => {});
    if (name !== 'file' || files++ > 0) {
      file.resume();
      return;
    }
    logged.fileName = info.filename;
    logged.fileContentType = info.mimeType;
    options.onFile();
    takeFile(file, exchange, options.onData);
  });
  // Never removed: the parser reports some errors twice, and a second one without a listener would end the process.
  parser.on('error', (error: Error) => {
    failed(`The multipart body is malformed: ${error.message}.`);
    parsed.resolve();
  });
  parser.once('finish', () => {
    logged.complete = true;
    parsed.resolve();
  });

  const receive = async (): Promise<ReceivedForm> => {
    const bytesPerSecond = fault?.kind === 'slow' ? fault.bytesPerSecond : undefined;
    const whole = await readBody(exchange, (chunk) => {
      if (problem !== undefined) return undefined;
      const ready = parser.write(chunk);
      if (bytesPerSecond !== undefined)
        setTimeout(() => req.resume(), (chunk.length / bytesPerSecond) * 1000).unref();
      else if (!ready) parser.once('drain', () => req.resume());
      return ready && bytesPerSecond === undefined;
    });
    if (!whole) {
      parser.destroy();
      return { cut: true };
    }
    parser.end();
    await parsed.promise;
    if (files > 1) failed('The form has more than one part named file.');
    if (files === 0) failed('The form has no file part named file.');
    return { cut: false, problem };
  };

  return Promise.race([receive(), failure.promise]);
}

function createParser({ headers }: IncomingMessage): busboy.Busboy | undefined {
  try {
    const limits = { fieldSize: maxFieldBytes, fields: 100, fieldNameSize: 200 };
    return busboy({ headers, defParamCharset: 'utf8', preservePath: true, limits });
  } catch {
    return undefined;
  }
}

function takeFile(
  file: Readable,
  { req, logged, onFileBytes }: Exchange,
  onData: FormOptions['onData'],
): void {
  const sha256 = createHash('sha256');
  const sum = () => {
    logged.fileSha256 ??= sha256.digest('hex');
  };
  file.on('data', (chunk: Buffer) => {
    if (logged.fileSha256 !== undefined) return;
    sha256.update(chunk);
    logged.fileBytes += chunk.length;
    onData(chunk);
    onFileBytes();
  });
  file.once('end', sum);
  // A cut request is logged as over in this event: the hash must be there by then.
  req.once('close', sum);
}

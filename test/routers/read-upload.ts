import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';

/** A file that is still on its way to the router. Read it, or let it flow away: its request waits for that. */
export interface PassingFile {
  readonly name: string;
  readonly mimeType: string;
  readonly stream: Readable;
}

/** An operation, and its file, which is the value of one of its variables. */
export interface Upload {
  readonly operation: unknown;
  readonly file: PassingFile;
}

/** Reads a GraphQL multipart request with one file up to where the file begins. Rejects when it is malformed. */
export function readUpload(req: IncomingMessage): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const limits = { files: 1, fieldSize: 1024 * 1024 };
    const form = busboy({ headers: req.headers, limits, defParamCharset: 'utf8' });
    form.on('field', (name, value) => fields.set(name, value));
    form.on('file', (part, stream, { filename: name, mimeType }) => {
      try {
        const operation = JSON.parse(fields.get('operations') ?? '');
        const [path] = JSON.parse(fields.get('map') ?? '')[part];
        const [, variable] = /^variables\.(\w+)$/.exec(path) ?? [];
        if (!variable || operation.variables[variable] !== null)
          throw new Error(`No place for a file: ${path}`);
        const file = { name, mimeType, stream };
        operation.variables[variable] = file;
        resolve({ operation, file });
      } catch (error) {
        stream.resume();
        reject(error);
      }
    });
    // Both stay on: a broken form tells its errors more than once.
    form.on('error', reject);
    req.on('error', (error) => form.destroy(error));
    form.on('close', () => reject(new Error('The form has no file.')));
    req.pipe(form);
  });
}

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway';
import { request as httpRequest } from 'undici';
import type { PassingFile } from './read-upload.ts';

export interface RouterContext {
  readonly token: string | undefined;
  readonly file: PassingFile | undefined;
}

/** Hands the caller's token to the subgraph, and a file on while it is coming in: nothing of it is kept. */
export class UploadDataSource extends RemoteGraphQLDataSource<RouterContext> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<RouterContext>) {
    if (context.token) request.http?.headers.set('x-cap-api-oauth-token', context.token);
  }

  override async process(options: GraphQLDataSourceProcessOptions<RouterContext>) {
    const { query, variables } = options.request;
    const { token, file } = options.context;
    const [variable] = Object.entries(variables ?? {}).find(([, value]) => value && value === file) ?? [];
    if (!file || !variable) return super.process(options);
    const operations = JSON.stringify({ query, variables: { ...variables, [variable]: null } });
    const map = JSON.stringify({ 0: [`variables.${variable}`] });
    const boundary = `router-${randomUUID()}`;
    const { body } = await httpRequest(this.url, {
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'graphql-require-preflight': '1',
        ...(token && { 'x-cap-api-oauth-token': token }),
      },
      body: Readable.from(formParts(boundary, { operations, map }, file), { objectMode: false }),
    });
    return (await body.json()) as Awaited<ReturnType<RemoteGraphQLDataSource['process']>>;
  }
}

async function* formParts(boundary: string, fields: Record<string, string>, file: PassingFile) {
  const part = (name: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  for (const [name, text] of Object.entries(fields)) yield Buffer.from(`${part(name)}\r\n\r\n${text}\r\n`);
  const fileName = file.name.replace(/[\r\n"]/g, encodeURIComponent);
  yield Buffer.from(`${part('0')}; filename="${fileName}"\r\nContent-Type: ${file.mimeType}\r\n\r\n`);
  yield* file.stream;
  // Not after a file that broke off: the line above throws, and the subgraph's request is cut with it.
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

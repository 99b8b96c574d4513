import type { IncomingHttpHeaders } from 'node:http';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { GatewayError } from '../../errors.ts';
import { readMultipartOperation } from '../../upload/form/read-multipart-operation.ts';
import { mediaTypeOf } from './media-type-of.ts';
import { readText } from './read-text.ts';
import type { ServerContext } from './server-context.ts';
import { hasTooManyValues, tooManyExtensions } from './too-many-values.ts';

/**
 * What a page may send to any origin without a preflight (Fetch, CORS-safelisted request header); '' is a
 * Blob without a type.
 */
const simpleTypes = new Set(['', 'multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded']);
const csrfHeaders = ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'graphql-require-preflight'];

/**
 * Reads operations instead of Yoga's own parsers: from the Node request, so that files stream and every body has its
 * bounds, and with errors that do not quote the body. Refuses what a foreign page could send without a preflight.
 */
export function useRequestReading({
  idleTimeoutMs,
  corsOrigins,
}: {
  readonly idleTimeoutMs: number;
  readonly corsOrigins: readonly string[];
}): Plugin<object, ServerContext> {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      const { req, signal } = serverContext;
      if (request.method === 'GET') {
        if (isForeignPage(req.headers, corsOrigins)) throw foreignPage();
        return setRequestParser(() => checked(parseSearch(request.url)));
      }
      if (request.method !== 'POST') return;
      const encoding = request.headers.get('content-encoding') ?? 'identity';
      if (encoding.toLowerCase() !== 'identity') throw encoded(encoding);
      const mediaType = mediaTypeOf(request.headers.get('content-type'));
      if (isJson(mediaType)) {
        const charset = /;\s*charset="?([^;"\s]*)/i.exec(request.headers.get('content-type') ?? '')?.[1];
        if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) throw otherCharset(charset);
        setRequestParser(async () => parseBody(await readText(req, { timeoutMs: idleTimeoutMs, signal })));
        return;
      }
      if (simpleTypes.has(mediaType) && !hasCsrfHeader(req.headers)) throw csrfPrevented(mediaType);
      if (mediaType !== 'multipart/form-data') throw unsupported(mediaType);
      setRequestParser(async () =>
        checked((await readMultipartOperation(req, { idleTimeoutMs, signal })) as GraphQLParams),
      );
    },
  };
}

/**
 * Whether the request comes from a page of an origin that is not listed, or from an image or a link in it, as
 * the browser tells (Fetch Metadata, 2.4). Such a page could not read the answer, but it could have thousands
 * of jobs read and watched where the gateway has a key of its own.
 */
function isForeignPage(headers: IncomingHttpHeaders, corsOrigins: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return !corsOrigins.includes(headers.origin ?? '') && !hasCsrfHeader(headers);
}

/** With any value: by the headers of Node, since those of Yoga take an empty one for none. */
function hasCsrfHeader(headers: IncomingHttpHeaders): boolean {
  return csrfHeaders.some((name) => headers[name] !== undefined);
}

function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType === 'application/graphql+json';
}

function parseBody(text: string): GraphQLParams {
  const body = parseJson(text, 'The request body');
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new GatewayError('BAD_REQUEST', 'The request body must be a JSON object with a "query".');
  }
  return checked(body);
}

const known = new Set(['query', 'operationName', 'variables', 'extensions', 'documentId']);

/**
 * Checks what Yoga does not, or judges otherwise: unknown properties are no fault (GraphQL over HTTP, JSON Encoding).
 */
function checked(body: GraphQLParams): GraphQLParams {
  const params: GraphQLParams = Object.fromEntries(Object.entries(body).filter(([name]) => known.has(name)));
  const { operationName, extensions } = params;
  // Null stands for none, whatever the types say.
  if ((operationName ?? undefined) !== undefined && typeof operationName !== 'string') {
    throw new GatewayError('BAD_REQUEST', 'The "operationName" must be a string.');
  }
  if (hasTooManyValues(extensions)) throw tooManyExtensions();
  return params;
}

function parseSearch(url: string): GraphQLParams {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  for (const name of known) {
    // Whatever stands in front of the gateway may go by the last of them, and the gateway by the first.
    if (search.getAll(name).length > 1) throw givenTwice(name);
  }
  // An empty one stands for none.
  const given = [...search].filter(([, text]) => text !== '');
  const read = (name: string, text: string) =>
    jsonParameters.test(name) ? parseJson(text, `The search parameter "${name}"`) : text;
  return Object.fromEntries(given.map(([name, text]) => [name, read(name, text)]));
}

const jsonParameters = /^(variables|extensions)$/;

function givenTwice(name: string): GatewayError {
  return new GatewayError('BAD_REQUEST', `The search parameter "${name}" may be given only once.`);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('BAD_REQUEST', `${what} is not valid JSON.`);
  }
}

function csrfPrevented(mediaType: string): GatewayError {
  return new GatewayError(
    'CSRF_PREVENTED',
    `A POST of ${JSON.stringify(mediaType)} needs one of the headers ${csrfHeaders.join(', ')}, with any value. ` +
      'This keeps other web pages from sending forms in your name.',
  );
}

function foreignPage(): GatewayError {
  return new GatewayError(
    'CSRF_PREVENTED',
    'Pages of other origins are refused unless CORS_ORIGINS lists them.',
  );
}

function encoded(encoding: string): GatewayError {
  const message = `Send the body without content-encoding: ${JSON.stringify(encoding)} is not supported.`;
  // RFC 9110, 12.5.3: this tells it from a media type that is not read.
  const http = { status: 415, headers: { 'accept-encoding': 'identity' } };
  return new GatewayError('UNSUPPORTED_MEDIA_TYPE', message, { http });
}

function otherCharset(charset: string): GatewayError {
  const message = `JSON is read as UTF-8 here, and not as ${JSON.stringify(charset)}.`;
  return new GatewayError('UNSUPPORTED_MEDIA_TYPE', message);
}

function unsupported(mediaType: string): GatewayError {
  return new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Send application/json, or multipart/form-data with files, but not ${JSON.stringify(mediaType)}.`,
  );
}

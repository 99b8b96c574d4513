import { describe, expect, test } from 'vitest';
import { uploadCouponBatch } from './support/graphql-client.ts';
import { innards } from './support/innards.ts';
import { openConnection, type RawAnswer } from './support/raw-connection.ts';
import { exchange, postHead, type RequestHeaders, readGraphQL, requestHead } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway({ env: { UPLOAD_IDLE_TIMEOUT_MS: '300' } });

const spec = { accept: 'application/graphql-response+json' };

function postBody(body: string, headers: RequestHeaders = {}): Promise<RawAnswer> {
  const head = postHead({
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...spec,
    ...headers,
  });
  return exchange(gateway.url, head + body);
}

function get(target: string, headers: RequestHeaders = {}): Promise<RawAnswer> {
  return exchange(gateway.url, requestHead('GET', target, headers));
}

describe('A JSON body', () => {
  test.each([
    { name: 'cut', body: '{"query":"{ hidden-text' },
    { name: 'empty', body: '' },
    { name: 'of two values', body: '{}{"hidden-text":1}' },
    { name: 'in single quotes', body: "{'query':'hidden-text'}" },
    { name: 'with a comment', body: '/* hidden-text */ {}' },
    { name: 'a bare word', body: 'hidden-text' },
    { name: 'no UTF-8', body: '{"query": \u0000 hidden-text}' },
  ])('that is not JSON is refused without a word of it: $name', async ({ body }) => {
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('not valid JSON'),
    });
    expect(answer.body).not.toMatch(/hidden-text/);
    expect(answer.body).not.toMatch(innards);
  });

  test.each([
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{ __typename }"'],
    ['a batch', '[{"query":"{ __typename }"}]'],
    ['an empty batch', '[]'],
    ['no query', '{}'],
    ['a query that is a number', '{"query":1}'],
    ['a query that is null', '{"query":null}'],
    ['an empty query', '{"query":""}'],
    ['variables that are a text', '{"query":"{ __typename }","variables":"{}"}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
    ['extensions that are a text', '{"query":"{ __typename }","extensions":"{}"}'],
    ['an operation name that is a list', '{"query":"{ __typename }","operationName":["x"]}'],
    ['an operation name that no operation has', '{"query":"{ __typename }","operationName":"x"}'],
  ])('that is no operation is a 400: %s', async (_, body) => {
    const answer = await postBody(body);
    expect(readGraphQL(answer)).toMatchObject({
      status: 400,
      code: expect.stringMatching(/^(BAD_|GRAPHQL_)/),
    });
    expect(answer.body).not.toMatch(innards);
  });

  const mebibyte = 1024 * 1024;
  const padded = (bytes: number) => {
    const operation = '{"query":"{ __typename }"}';
    return operation + ' '.repeat(bytes - operation.length);
  };

  test('may have 1 MiB', async () => {
    expect(readGraphQL(await postBody(padded(mebibyte)))).toMatchObject({ status: 200, code: undefined });
  });

  test('of more than 1 MiB is a 413, whether its length is told or not', async () => {
    const body = padded(mebibyte + 1);
    const told = await postBody(body);
    const chunked = await exchange(
      gateway.url,
      `${postHead({ 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    for (const answer of [told, chunked]) {
      expect(readGraphQL(answer)).toMatchObject({
        ...{ status: 413, code: 'PAYLOAD_TOO_LARGE' },
        // A file may be in it all the same: a form that is sent as JSON by mistake.
        message: expect.stringContaining('not multipart/form-data'),
      });
    }
  });

  test.each([
    { name: 'after nothing', sent: '' },
    { name: 'in the middle', sent: '{"query":' },
  ])('that stops coming is a 408: $name', async ({ sent }) => {
    using connection = await openConnection(gateway.url);
    await connection.write(postHead({ 'content-type': 'application/json', 'content-length': 100 }) + sent);
    const answer = await connection.answer();
    expect(readGraphQL(answer)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
    expect(answer.headers['connection']).toBe('close');
  });

  test('cut by a closed connection is told as TRUNCATED', async () => {
    using connection = await openConnection(gateway.url);
    await connection.write(
      `${postHead({ 'content-type': 'application/json', 'content-length': 100 })}{"query":`,
    );
    connection.socket.end();
    expect(readGraphQL(await connection.answer())).toMatchObject({ status: 400, code: 'TRUNCATED' });
  });

  test.each(['gzip, chunked', 'GZIP , Chunked', 'chunked;q=1, chunked', 'unheard-of,chunked'])(
    'in the transfer coding "%s" is refused as not implemented, wherever it goes',
    async (coding) => {
      const chunks = '18\r\n{"query":"{ __typename }"}\r\n0\r\n\r\n';
      const headers = { 'content-type': 'application/json', 'transfer-encoding': coding };
      for (const head of [
        postHead(headers),
        requestHead('POST', '/graphiql/', headers),
        postHead({ ...headers, 'content-type': 'multipart/form-data; boundary=x' }),
      ]) {
        using connection = await openConnection(gateway.url);
        await connection.write(head + chunks);
        const answer = await connection.answer();
        expect(readGraphQL(answer)).toMatchObject({ status: 501, code: 'NOT_IMPLEMENTED' });
        expect(answer.headers['connection']).toBe('close');
        await connection.closed();
      }
    },
  );

  test.each(['gzip', 'chunked, gzip', 'identity'])(
    'in the transfer coding "%s" has no end that could be known',
    async (coding) => {
      const head = postHead({ 'content-type': 'application/json', 'transfer-encoding': coding });
      const answer = await exchange(gateway.url, `${head}{}`);
      expect(readGraphQL(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(answer.headers['connection']).toBe('close');
    },
  );

  test.each(['application/json', 'multipart/form-data; boundary=x'])(
    'compressed is refused with a word of what to do: %s',
    async (contentType) => {
      const answer = await postBody('compressed', {
        'content-type': contentType,
        'content-encoding': 'gzip',
      });
      expect(readGraphQL(answer)).toMatchObject({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: 'Send the body without content-encoding: "gzip" is not supported.',
      });
    },
  );

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/graphql+json'])(
    'is known by the type %s',
    async (contentType) => {
      const answer = await postBody('{"query":"{ __typename }"}', { 'content-type': contentType });
      expect(readGraphQL(answer)).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    },
  );
});

describe('A GET', () => {
  test('runs a query', async () => {
    expect(readGraphQL(await get('/graphql?query=%7B__typename%7D'))).toMatchObject({
      status: 200,
      data: { __typename: 'Query' },
    });
  });

  test('takes variables', async () => {
    const target = `/graphql?query=${encodeURIComponent('query ($y: Boolean!) { __typename @include(if: $y) }')}&variables=${encodeURIComponent('{"y":false}')}`;
    expect(readGraphQL(await get(target))).toMatchObject({ status: 200, data: {} });
  });

  test.each([
    { name: 'variables that are no JSON', target: '/graphql?query=%7B__typename%7D&variables=%7B' },
    { name: 'variables that are a list', target: '/graphql?query=%7B__typename%7D&variables=%5B%5D' },
    { name: 'variables that are a number', target: '/graphql?query=%7B__typename%7D&variables=1' },
    { name: 'extensions that are no JSON', target: '/graphql?query=%7B__typename%7D&extensions=%7B' },
    { name: 'a percent sign alone', target: '/graphql?query=%' },
    { name: 'no query', target: '/graphql' },
    { name: 'an empty query', target: '/graphql?query=' },
    { name: 'a broken query', target: '/graphql?query=%7B' },
    { name: 'two queries', target: '/graphql?query=%7B__typename%7D&query=%7B__typename%7D' },
    { name: 'two sets of variables', target: '/graphql?query=%7B__typename%7D&variables=&variables=%7B%7D' },
  ])('is a 400 with $name', async ({ target }) => {
    const answer = await get(target, spec);
    expect(readGraphQL(answer)).toMatchObject({ status: 400, code: expect.any(String) });
    expect(answer.body).not.toMatch(innards);
  });

  test('runs no mutation', async () => {
    const query = `mutation { uploadCouponBatch(file: null, input: null) { __typename } }`;
    for (const target of [
      `/graphql?query=${encodeURIComponent(query)}`,
      `/graphql?query=${encodeURIComponent(`${query.replace('mutation', 'mutation M')} query Q { __typename }`)}&operationName=M`,
    ]) {
      const answer = await get(target);
      expect(readGraphQL(answer)).toMatchObject({ status: 405, code: 'BAD_REQUEST' });
      expect(answer.body).not.toMatch(innards);
    }
    const valid = await get(`/graphql?query=${encodeURIComponent(uploadCouponBatch)}`);
    expect(readGraphQL(valid)).toMatchObject({ status: 405 });
  });
});

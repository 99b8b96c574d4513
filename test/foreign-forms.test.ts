import { describe, expect, test } from 'vitest';
import { boundary, encodeForm, filePart, mapPart, operationsPart } from './support/multipart-form.ts';
import { exchange, postForm, postHead, readGraphQL } from './support/raw-graphql.ts';
import { useGateway } from './support/use-gateway.ts';

const gateway = useGateway();

describe('A request that a foreign page could send', () => {
  const query = '{"query":"{ __typename }"}';
  const types = [
    ['multipart/form-data', `multipart/form-data; boundary=${boundary}`],
    ['text/plain', 'text/plain'],
    ['text/plain with a charset', 'text/plain; charset=utf-8'],
    ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
    ['no content type', null],
  ] as const;

  test.each(types)('is refused, and told which header lets it pass: %s', async (_, contentType) => {
    const head = postHead({
      'content-type': contentType,
      'content-length': query.length,
      'graphql-require-preflight': null,
    });
    const answer = readGraphQL(await exchange(gateway.url, head + query));
    expect(answer).toMatchObject({ status: 403, code: 'CSRF_PREVENTED', data: undefined });
    for (const name of ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'graphql-require-preflight']) {
      expect(answer.message).toContain(name);
    }
  });

  test.each([
    ['x-graphql-yoga-csrf', 'any'],
    ['Apollo-Require-Preflight', 'any'],
    ['GRAPHQL-REQUIRE-PREFLIGHT', 'any'],
    ['graphql-require-preflight', ''],
  ])('passes with %s: %s', async (name, value) => {
    const answer = await postForm(gateway.url, encodeForm([operationsPart(), mapPart(), filePart()]), {
      'graphql-require-preflight': null,
      [name]: value,
    });
    expect(readGraphQL(answer).data.uploadCouponBatch.__typename).toBe('UploadAccepted');
  });

  test.each([
    ...types.slice(1),
    ['multipart/mixed', `multipart/mixed; boundary=${boundary}`],
    ['application/graphql', 'application/graphql'],
    ['application/xml', 'application/xml'],
    ['nonsense', ';;;'],
  ] as const)('is of no use even then, but as JSON or multipart: %s', async (_, contentType) => {
    const head = postHead({ 'content-type': contentType, 'content-length': query.length });
    const answer = readGraphQL(await exchange(gateway.url, head + query));
    expect(answer).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(answer.message).toMatch(/application\/json.*multipart\/form-data/);
  });

  test.each(['application/graphql', 'application/xml', 'multipart/mixed'])(
    'and could not be, as %s, is told what is wrong with it at once',
    async (contentType) => {
      const head = postHead({
        'content-type': contentType,
        'content-length': query.length,
        'graphql-require-preflight': null,
      });
      expect(readGraphQL(await exchange(gateway.url, head + query))).toMatchObject({ status: 415 });
    },
  );
});

import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './support/start-gateway.ts';

let started: TestGateway;
beforeAll(async () => {
  started = await startGateway();
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

// The rules of the GraphQL over HTTP specification, as its reference implementation audits them. A MAY is no demand.
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => started.url, fetchFn: fetch });
  test.each(
    audits.filter(({ name }) => !name.startsWith('MAY')).map((audit) => [audit.name, audit] as const),
  )('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result.status, 'reason' in result ? result.reason : undefined).toBe('ok');
  });
});

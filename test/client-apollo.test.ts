import { describe, expect, test } from 'vitest';
import { createApolloClient } from '../examples/clients/apollo.ts';
import { FindJobDocument } from '../examples/clients/generated/graphql.ts';
import { eventually } from './support/eventually.ts';
import { token } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';
import { fast, pollsOf } from './support/subscription-clients.ts';
import { byMobile, describeUploads, good, tokensOf } from './support/upload-scenarios.ts';
import { describeWatching } from './support/watch-scenarios.ts';

describeUploads('Apollo Client', createApolloClient);
describeWatching('Apollo Client', createApolloClient);

describe("Apollo Client's cache", () => {
  test('has one entry for a job: the upload makes it, a query finds it there, and what is watched writes it', async () => {
    await using gateway = await startGateway(fast);
    const { sandbox } = gateway;
    sandbox.jobs.hold();
    const { client, upload, watch } = createApolloClient({
      url: gateway.url,
      tokens: tokensOf(token).tokens,
    });
    const result = await upload(good, byMobile);
    if (result.__typename !== 'UploadAccepted') throw new Error(result.__typename);
    const [{ id } = { id: '' }] = result.jobs;
    const asked = gateway.sandbox.requests.length;
    const entries = () =>
      Object.keys(client.extract() as object).filter((key) => key.startsWith('UploadJob:'));
    expect(entries()).toEqual([`UploadJob:${id}`]);

    // Another part of the page, which knows the id alone.
    const shown: (string | undefined)[] = [];
    const view = client.watchQuery({ query: FindJobDocument, variables: { id } }).subscribe(({ data }) => {
      if (data?.uploadJob?.status !== shown.at(-1)) shown.push(data?.uploadJob?.status);
    });
    await eventually(() => expect(shown).toEqual(['STARTED']));
    expect(sandbox.requests).toHaveLength(asked);

    const watching = watch({ ids: [id], onState() {} });
    for (const status of ['VALIDATED', 'COMMITTED', 'FINISHED']) {
      sandbox.jobs.advance(Number(id.split(':').at(-1)));
      await eventually(() => expect(shown.at(-1)).toBe(status));
    }
    await watching;
    view.unsubscribe();
    expect(shown).toEqual(['STARTED', 'VALIDATED', 'COMMITTED', 'FINISHED']);
    expect(entries()).toEqual([`UploadJob:${id}`]);
  });

  test('asks for a job that it does not have', async () => {
    await using gateway = await startGateway();
    const { client } = createApolloClient({ url: gateway.url, tokens: tokensOf(token).tokens });
    const id = 'COUPON_BATCH:541854:1';
    const { data } = await client.query({ query: FindJobDocument, variables: { id } });
    expect(data).toEqual({ uploadJob: null });
    expect(pollsOf(gateway.sandbox)).toHaveLength(1);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobStateFragment } from '../../examples/clients/generated/graphql.ts';
import type { Tokens } from '../../examples/clients/tokens.ts';
import type { WatchOptions } from '../../examples/clients/watch-until-done.ts';
import { eventually } from './eventually.ts';
import { token } from './graphql-client.ts';
import { startGateway, type TestGateway } from './start-gateway.ts';
import { addJob, fast, readMetric } from './subscription-clients.ts';
import { tokensOf } from './upload-scenarios.ts';

export interface WatchClient {
  watch(options: Omit<WatchOptions, 'tokens'>): Promise<void>;
  findJob(id: string): Promise<JobStateFragment | null | undefined>;
  close?(): void;
}

type CreateClient = (options: { readonly url: string; readonly tokens: Tokens }) => WatchClient;

/** What every client that watches is held to, before a real gateway and its sandbox. */
export function describeWatching(name: string, create: CreateClient): void {
  describe(`${name}: watching`, () => {
    let gateway: TestGateway;
    let clients: WatchClient[];
    beforeEach(async () => {
      clients = [];
      gateway = await startGateway(fast);
      gateway.sandbox.jobs.hold();
    });
    afterEach(async () => {
      for (const client of clients) client.close?.();
      await gateway[Symbol.asyncDispose]();
    });

    /** Watches, and tells the states one by one. */
    function start(ids: readonly string[], { tokens = tokensOf(token).tokens, url = gateway.url } = {}) {
      const client = create({ url, tokens });
      clients.push(client);
      const states: JobStateFragment[] = [];
      const controller = new AbortController();
      const done = client.watch({
        ...{ ids, pauseMs: 1, signal: controller.signal },
        onState: (job) => void states.push(job),
      });
      done.catch(() => {});
      const seen = (status: string, job = ids[0]) =>
        eventually(() => expect(states).toContainEqual(expect.objectContaining({ id: job, status })));
      return { done, states, seen, stop: (reason: Error) => controller.abort(reason) };
    }

    test('a job that does not exist is told with its code', async () => {
      await expect(start(['COUPON_BATCH:541854:1']).done).rejects.toMatchObject({
        name: 'GatewayFailure',
        code: 'JOB_NOT_FOUND',
      });
    });

    test('a document that is refused is told with its code', async () => {
      await expect(start(['222696']).done).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    test('that is given up leaves nothing at the gateway, and rejects with the reason', async () => {
      const { id } = await addJob(gateway.sandbox);
      const { done, seen, stop } = start([id]);
      await seen('STARTED');
      stop(new Error('The page was left.'));
      await expect(done).rejects.toThrow('The page was left.');
      await eventually(async () => expect(await readMetric(gateway.url, 'gateway_watchers')).toBe(0));
    });

    test('goes on with a new token when the old one expires in the middle', async () => {
      const { sandbox } = gateway;
      const { id, number } = await addJob(sandbox);
      const { tokens, fetched } = tokensOf(token);
      const { done, seen } = start([id], { tokens });
      await seen('STARTED');
      sandbox.faults.set({ call: 'getUploadStatus', fault: { kind: 'status', status: 401 }, times: 1 });
      await eventually(() => expect(fetched()).toBe(2));
      sandbox.jobs.finish(number);
      await done;
      await seen('FINISHED');
    });

    test('is given up when the new token is refused, too', async () => {
      const { id } = await addJob(gateway.sandbox);
      const { tokens, fetched } = tokensOf('wrong');
      await expect(start([id], { tokens }).done).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(fetched()).toBeGreaterThan(1);
    });

    test('goes on at the gateway that comes after this one', async () => {
      const { sandbox, port } = gateway;
      const jobs = [await addJob(sandbox), await addJob(sandbox)] as const;
      const { done, seen, states } = start(jobs.map(({ id }) => id));
      await seen('STARTED', jobs[0].id);
      await seen('STARTED', jobs[1].id);
      sandbox.jobs.finish(jobs[0].number);
      await seen('FINISHED', jobs[0].id);
      await gateway.gateway.close(0);
      await using _next = await startGateway({
        env: { ...fast.env, PORT: String(port), COUPON_API_URL: sandbox.url },
      });
      sandbox.jobs.finish(jobs[1].number);
      await done;
      const [last] = states.slice(-1);
      expect(last).toMatchObject({ id: jobs[1].id, status: 'FINISHED' });
      // The one that was over is not watched again.
      expect(states.filter(({ id, isTerminal }) => id === jobs[0].id && isTerminal)).toHaveLength(1);
    });

    test('is not needed for one look at a job: with a token that is renewed, and a code where it fails', async () => {
      const { id } = await addJob(gateway.sandbox);
      const client = create({ url: gateway.url, tokens: tokensOf('expired', token).tokens });
      clients.push(client);
      expect(await client.findJob(id)).toMatchObject({ id, status: 'STARTED' });
      await expect(client.findJob('222696')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    test('tells each state of several jobs, and is done when all are', async () => {
      const { sandbox } = gateway;
      const jobs = [await addJob(sandbox), await addJob(sandbox)] as const;
      const { done, states, seen } = start(jobs.map(({ id }) => id));
      for (const { id, number } of jobs) {
        await seen('STARTED', id);
        for (const status of ['VALIDATED', 'COMMITTED', 'FINISHED']) {
          sandbox.jobs.advance(number);
          await seen(status, id);
        }
      }
      await done;
      for (const { id } of jobs) {
        const own = states.filter((job) => job.id === id).map(({ status }) => status);
        expect(own).toEqual(['STARTED', 'VALIDATED', 'COMMITTED', 'FINISHED']);
      }
    });
  });
}

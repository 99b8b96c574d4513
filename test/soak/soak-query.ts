import { request } from 'undici';
import { token } from '../support/graphql-client.ts';
import { listFault } from './soak-fault.ts';
import type { SoakWorld } from './soak-world.ts';

const job = 'id status outcome acceptedCount errorCount isTerminal';

/** One query, good or bad, sometimes with a list that fails. */
export async function soakQuery(world: SoakWorld): Promise<void> {
  const { url, dice, sandbox, jobIds, count } = world;
  const id = jobIds.length > 0 ? dice.pick(jobIds) : 'COUPON_BATCH:800000:1';
  const couponSeriesId = id.split(':')[1] ?? '';
  const query = dice.pick([
    `{ uploadJob(id: "${id}") { ${job} } }`,
    `{ couponSeries(id: "${couponSeriesId}") { uploadJobs(first: 5) { totalCount edges { node { ${job} } } } } }`,
    `{ a: uploadJob(id: "${id}") { ${job} } b: uploadJob(id: "${id}") { ${job} } }`,
    '{ uploadJob(id: "no id") { id } }',
    `{ uploadJob(id: "${id}") { nothing } }`,
    `{ ${'a'.repeat(dice.roll(5_000))} `,
  ]);
  if (dice.isIn(5)) {
    sandbox.faults.set({ call: 'getUploadStatus', couponSeriesId, fault: listFault(dice), times: 2 });
  }
  const { body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-cap-api-oauth-token': token, connection: 'close' },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await body.json()) as { errors?: { extensions: { code: string } }[] };
  count('query', errors?.[0]?.extensions.code ?? 'OK');
}

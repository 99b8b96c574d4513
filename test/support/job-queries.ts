import { expect } from 'vitest';
import { ask, upload } from './graphql-client.ts';
import type { TestGateway } from './start-gateway.ts';

type Kind = 'COUPON_BATCH' | 'REDEEMED_COUPONS';
type Url = Pick<TestGateway, 'url'>;

const uploadRedeemed = /* GraphQL */ `
  mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) {
    uploadRedeemedCoupons(file: $file, input: $input) { ... on UploadAccepted { jobs { id } } }
  }
`;
const redeemedInput = {
  couponSeriesId: '541854',
  customerIdentifier: 'USER_ID',
  couponIdentifier: 'COUPON_ID',
  columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
};

/** Makes a job of series 541854 and resolves to its id. */
export async function makeJob({ url }: Url, kind: Kind = 'COUPON_BATCH'): Promise<string> {
  if (kind === 'COUPON_BATCH') return (await upload(url)).data.uploadCouponBatch.jobs[0].id;
  const file = 'date,till,user,coupon\n1603128622000,5,7,9\n';
  const { data } = await upload(url, { query: uploadRedeemed, input: redeemedInput, file });
  return data.uploadRedeemedCoupons.jobs[0].id;
}

export async function makeJobs(started: Url, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await makeJob(started));
  return ids;
}

/** The reads of lists that upstream has heard of. */
export function statusCalls({ sandbox }: Pick<TestGateway, 'sandbox'>) {
  return sandbox.requests.filter(({ method }) => method === 'GET');
}

export const numberOf = (id: string) => Number(id.split(':')[2]);

export const oneJob = 'query ($id: ID!) { uploadJob(id: $id) { id status } }';
export const pageOfJobs = /* GraphQL */ `
  query ($id: ID! = "541854", $kind: UploadJobKind, $status: [UploadJobStatus!], $first: Int, $after: String) {
    couponSeries(id: $id) {
      uploadJobs(kind: $kind, status: $status, first: $first, after: $after) {
        totalCount
        edges { cursor node { id status } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`;

/** What `pageOfJobs` gives. */
export interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export async function readPage({ url }: Url, variables: object = {}): Promise<Page> {
  const { data, errors } = await ask(url, pageOfJobs, { variables });
  expect(errors).toBeUndefined();
  return data.couponSeries.uploadJobs;
}

export const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);

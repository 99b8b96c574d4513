import { setTimeout as sleep } from 'node:timers/promises';
import { encodeForm, filePart, mapPart, operationsPart } from '../support/multipart-form.ts';
import { openConnection } from '../support/raw-connection.ts';
import { postHead } from '../support/raw-graphql.ts';
import { uploadFault } from './soak-fault.ts';
import { soakFile } from './soak-file.ts';
import { keptJobIds, type SoakWorld } from './soak-world.ts';

const selection = `{ __typename ... on UploadAccepted { replayed jobs { id } file { rows problemCount } } ... on UploadError { message } }`;
const documents = {
  uploadCouponBatch: `mutation ($file: Upload!, $input: UploadCouponBatchInput!) { upload: uploadCouponBatch(file: $file, input: $input) ${selection} }`,
  uploadRedeemedCoupons: `mutation ($file: Upload!, $input: UploadRedeemedCouponsInput!) { upload: uploadRedeemedCoupons(file: $file, input: $input) ${selection} }`,
};

interface Told {
  readonly data?: {
    readonly upload?: {
      readonly __typename: string;
      readonly replayed?: boolean;
      readonly jobs?: { readonly id: string }[];
    };
  };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

let number = 0;

/** One upload of some kind, size and fate, and often its repeat. */
export async function soakUpload(world: SoakWorld): Promise<void> {
  const { dice, sandbox, begin, count } = world;
  number += 1;
  const redeemed = dice.isIn(30);
  const file = soakFile(dice, redeemed);
  // A new series every twenty: no list grows without end, and poll loops come and go.
  const couponSeriesId = String(800_000 + Math.floor(number / 20));
  const options = {
    idempotencyKey: `soak-upload-${number}`,
    dryRun: dice.isIn(10),
    ...(dice.isIn(15) && { maxRowsPerJob: 700 }),
  };
  const input = redeemed
    ? {
        ...{ couponSeriesId, customerIdentifier: 'USER_ID', couponIdentifier: 'COUPON_CODE' },
        columns: { redeemedDateInMillis: 0, redeemedAt: 1, customerIdentifier: 2, couponIdentifier: 3 },
        options,
      }
    : { couponSeriesId, customerIdentifier: 'MOBILE', customerIdentifierColumn: 0, options };
  const query = documents[redeemed ? 'uploadRedeemedCoupons' : 'uploadCouponBatch'];
  const form = encodeForm([operationsPart({ file: null, input }, query), mapPart(), filePart(file.bytes)]);
  const request = Buffer.concat([Buffer.from(postHead({ 'content-length': form.length })), form]);
  let what = `${file.name} with ${JSON.stringify(options)}`;
  if (dice.isIn(30)) {
    const call = redeemed ? 'redeemFile' : 'uploadFile';
    const fault = uploadFault(dice);
    sandbox.faults.set({ call, couponSeriesId, fault, times: 1 });
    what += ` and ${JSON.stringify(fault)}`;
  }
  const leaves = dice.isIn(15);
  begin(leaves ? `which leaves early with ${what}` : what);
  const first = await (leaves ? leaveEarly(world, request) : send(world, request));
  count(options.dryRun ? 'dry run' : 'upload', first);
  const isFinal = ['UploadAccepted', 'InvalidFileError', 'UploadChecked'].includes(first);
  if (isFinal && !dice.isIn(10)) return;
  begin(`${what}, then ${first}, repeated`);
  count('repeat', await send(world, request));
}

async function send({ url, jobIds }: SoakWorld, request: Buffer): Promise<string> {
  using connection = await openConnection(url);
  connection.write(request).catch(() => {});
  try {
    const { body } = await connection.answer();
    const { data, errors } = JSON.parse(body) as Told;
    for (const { id } of data?.upload?.jobs ?? []) jobIds.push(id);
    if (jobIds.length > keptJobIds) jobIds.splice(0, jobIds.length - keptJobIds);
    if (data?.upload?.replayed) return 'UploadAccepted, replayed';
    return data?.upload?.__typename ?? errors?.[0]?.extensions.code ?? body;
  } catch {
    return 'no answer';
  }
}

/** A client that stops somewhere: it goes away, is cut off, or is silent for longer than it may be. */
async function leaveEarly({ url, dice, signal }: SoakWorld, request: Buffer): Promise<string> {
  using connection = await openConnection(url);
  await connection.write(request.subarray(0, 1 + dice.roll(request.length))).catch(() => {});
  if (dice.isIn(20)) await connection.answer().catch(() => {});
  else await sleep(dice.roll(200), undefined, { signal }).catch(() => {});
  if (dice.isIn(50)) connection.socket.resetAndDestroy();
  return 'gone early';
}

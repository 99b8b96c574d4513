import { refusal, sendAnswer } from '../http/answer.ts';
import type { JobKind } from '../jobs/job.ts';
import type { JobBook } from '../jobs/job-book.ts';
import { noRowCheck, type RowCheck } from '../rows/row-check.ts';
import { authorise } from './authorise.ts';
import { type Call, type Exchange, type Prepared, refused } from './exchange.ts';
import { uploadAnswer } from './job-answer.ts';
import { drainBody } from './read-body.ts';
import { receiveForm } from './receive-form.ts';
import { type RowCheckOptions, rowCheckOf } from './row-check-of.ts';
import type { TokenScope, TokenStore } from './token-store.ts';

/** Which of the two uploads, and what it works with. */
export interface UploadCallOptions {
  readonly kind: JobKind;
  readonly tokens: TokenStore;
  readonly jobs: JobBook;
  readonly unknownSeries: readonly string[];
  /** False: bytes are counted and hashed, rows are not looked at. */
  readonly checkRows: boolean;
  readonly rowOptions: (orgId: number) => RowCheckOptions;
}

/** A file that comes before its fields is held up to this size. */
const maxHeldBytes = 8 * 1024 * 1024;

/**
 * Makes either upload call. It refuses a bad token before the body, and makes a job only of a form that came
 * to its closing boundary.
 */
export function createUploadCall(options: UploadCallOptions): Call {
  const { tokens, unknownSeries } = options;
  return async (exchange) => {
    const access = authorise(tokens, unknownSeries, exchange.logged, true);
    if ('scope' in access) return receive(exchange, options, access.scope, access.couponSeriesId);
    // A fault may want to answer after the body; otherwise the client need not send all of it to learn this.
    if (exchange.fault === undefined) await sendAnswer(exchange.res, access);
    return (await drainBody(exchange)) ? refused(access) : undefined;
  };
}

async function receive(
  exchange: Exchange,
  options: UploadCallOptions,
  scope: TokenScope,
  couponSeriesId: string,
): Promise<Prepared | undefined> {
  const { logged, fault } = exchange;
  const { kind, jobs } = options;
  const held: Buffer[] = [];
  let heldBytes = 0;
  // Known as soon as its fields are, some of which may come behind the file.
  let check = undefined as RowCheck | undefined;

  const readFields = () => {
    const read = rowCheckOf(kind, logged.fields, options.rowOptions(scope.orgId));
    return typeof read === 'string' || options.checkRows ? read : noRowCheck;
  };
  const onFile = () => {
    const read = readFields();
    if (typeof read !== 'string') check = read;
  };
  const onData = (chunk: Buffer) => {
    if (fault?.kind === 'reset' && fault.at === 'middle' && logged.fileBytes >= (fault.afterBytes ?? 1)) {
      exchange.req.socket.resetAndDestroy();
    }
    if (check) return check.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes <= maxHeldBytes) held.push(chunk);
  };

  const form = await receiveForm(exchange, { onFile, onData });
  if (form.cut || form.problem !== undefined) check?.discard();
  if (form.cut) return undefined;
  if (form.problem !== undefined) return refused(refusal(400, form.problem));
  const checked = check ?? readFields();
  if (typeof checked === 'string') return refused(refusal(400, checked));
  if (!check) {
    if (options.checkRows && heldBytes > maxHeldBytes) {
      return refused(refusal(400, 'The fields must come before a file of this size.'));
    }
    for (const chunk of held) checked.push(chunk);
  }
  checked.end();
  return {
    accept: () => {
      const fileName = logged.fileName ?? 'file';
      const counts = checked.accept();
      return uploadAnswer(jobs.add({ kind, orgId: scope.orgId, couponSeriesId, fileName, counts }));
    },
    discard: checked.discard,
    refused: false,
  };
}

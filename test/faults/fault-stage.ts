import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import type { Fault } from '../../src/sandbox/faults/fault.ts';
import type { CallName } from '../../src/sandbox/http/find-route.ts';
import type { LoggedRequest } from '../../src/sandbox/requests/logged-request.ts';
import { couponFile } from '../support/coupon-file.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { encodeForm, filePart, mapPart, operationsPart } from '../support/multipart-form.ts';
import { openConnection, type RawConnection } from '../support/raw-connection.ts';
import { postHead } from '../support/raw-graphql.ts';
import { answerWord } from './answer-word.ts';

/** One upload with a series and a key of its own, and what can be done to it. */
export interface FaultStage {
  readonly sandbox: Sandbox;
  readonly series: string;
  readonly file: Buffer;
  /** The request as it goes over the wire, and how much of it stands before the file's first byte. */
  readonly request: Buffer;
  readonly headBytes: number;
  /** The request without its key, and with another series besides. */
  readonly keyless: Buffer;
  readonly elsewhere: Buffer;
  /** The one that was there from the start. */
  readonly gateway: GatewayProcess;
  /** Starts one beside it: with other settings, or with fewer descriptors to open. */
  another(options?: AnotherGateway): Promise<GatewayProcess>;
  /** Is disposed of when all gateways have ended. */
  defer(resource: AsyncDisposable): void;
  /** Goes wrong once with the next call of this series, or the next for a token; `times` for more. */
  fail(fault: Fault, call?: CallName, times?: number): void;
  /** Resolves when upstream has this much of the file, in a request that is not there yet. */
  arrived(bytes?: number): Promise<LoggedRequest>;
  connect(gateway?: GatewayProcess): Promise<RawConnection>;
  /** The whole request over a connection of its own, as a client does it that reads while it sends. */
  upload(gateway?: GatewayProcess, request?: Buffer): Promise<string>;
}

export interface AnotherGateway {
  readonly env?: Readonly<Record<string, string>>;
  readonly openFiles?: number | undefined;
}

export interface FaultStageOptions
  extends Pick<FaultStage, 'sandbox' | 'series' | 'gateway' | 'another' | 'defer'> {
  readonly fileBytes: number;
}

/** Sets the stage for a case. Nothing is to be closed. */
export function createFaultStage({ fileBytes, ...options }: FaultStageOptions): FaultStage {
  const { sandbox, series, gateway } = options;
  const file = couponFile(fileBytes);
  const idempotencyKey = `fault-matrix-${series}`;
  const request = requestOf(file, { couponSeriesId: series, options: { idempotencyKey } });
  const connect = (to = gateway) => openConnection(to.url);

  return {
    ...options,
    ...{ file, request, connect },
    keyless: requestOf(file, { couponSeriesId: series }),
    elsewhere: requestOf(file, { couponSeriesId: '1' }),
    headBytes: request.indexOf(file.subarray(0, 64)),
    fail: (fault, call = 'uploadFile', times = 1) =>
      sandbox.faults.set({ call, fault, times, ...(call !== 'token' && { couponSeriesId: series }) }),
    arrived(bytes = 1) {
      const earlier = new Set(sandbox.requests);
      const match = (each: LoggedRequest) => each.couponSeriesId === series && !earlier.has(each);
      return sandbox.received(bytes, { match });
    },
    async upload(to, bytes = request) {
      using connection = await connect(to);
      // What breaks the sending shows in the answer, or in there being none.
      connection.write(bytes).catch(() => {});
      return await answerWord(connection.answer());
    },
  };
}

function requestOf(file: Buffer, input: object): Buffer {
  const mobile = { customerIdentifier: 'MOBILE', customerIdentifierColumn: 0 };
  const variables = { file: null, input: { ...mobile, ...input } };
  const form = encodeForm([operationsPart(variables), mapPart(), filePart(file)]);
  return Buffer.concat([Buffer.from(postHead({ 'content-length': form.length })), form]);
}

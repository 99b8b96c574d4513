import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import type { Fault } from '../../src/sandbox/fault.ts';
import type { CallName } from '../../src/sandbox/find-route.ts';
import type { LoggedRequest } from '../../src/sandbox/logged-request.ts';
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
  /** The one that stands now. */
  gateway(): GatewayProcess;
  /** Starts one in place of one that has ended. */
  restart(): Promise<void>;
  /** Goes wrong once with the next call of this series; `times` for more. */
  fail(fault: Fault, call?: CallName, times?: number): void;
  /** Resolves when upstream has this much of the file. */
  arrived(bytes?: number): Promise<LoggedRequest>;
  connect(): Promise<RawConnection>;
  /** The whole upload over a connection of its own, as a client does it that reads while it sends. */
  upload(): Promise<string>;
}

export interface FaultStageOptions {
  readonly sandbox: Sandbox;
  readonly series: string;
  readonly fileBytes: number;
  readonly gateway: () => GatewayProcess;
  readonly restart: () => Promise<void>;
}

/** Sets the stage for a case. Nothing is to be closed. */
export function createFaultStage(options: FaultStageOptions): FaultStage {
  const { sandbox, series, fileBytes, gateway, restart } = options;
  const file = couponFile(fileBytes);
  const input = {
    couponSeriesId: series,
    customerIdentifier: 'MOBILE',
    customerIdentifierColumn: 0,
    options: { idempotencyKey: `fault-matrix-${series}` },
  };
  const form = encodeForm([operationsPart({ file: null, input }), mapPart(), filePart(file)]);
  const head = postHead({ 'content-length': form.length });
  const request = Buffer.concat([Buffer.from(head), form]);
  const connect = () => openConnection(gateway().url);

  return {
    ...{ sandbox, series, file, request, gateway, restart, connect },
    headBytes: request.indexOf(file.subarray(0, 64)),
    fail: (fault, call = 'uploadFile', times = 1) =>
      sandbox.faults.set({ call, fault, times, couponSeriesId: series }),
    arrived: (bytes = 1) =>
      sandbox.received(bytes, { match: ({ couponSeriesId }) => couponSeriesId === series }),
    async upload() {
      using connection = await connect();
      // What breaks the sending shows in the answer, or in there being none.
      connection.write(request).catch(() => {});
      return await answerWord(connection.answer());
    },
  };
}

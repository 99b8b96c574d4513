import { startCommand } from '../test/support/start-command.ts';
import { askSha256 } from './send-file.ts';
import { startGateway } from './start-gateway.ts';
import { type BenchProcess, startProcess } from './start-process.ts';

/** One way to take a file through GraphQL and hand it on. */
export interface Contender {
  readonly name: string;
  /** Starts it in front of the sink, in a process of its own. */
  start(sinkUrl: string): Promise<BenchProcess>;
  /** Default: the gateway's own mutation. */
  readonly query?: string;
}

const tsx = ['--import', 'tsx'];

const peer = (file: string) => (sinkUrl: string) => startProcess([`bench/peers/${file}.js`, sinkUrl]);

/** What an OpenAPI document of the upload call becomes in GraphQL Mesh. */
const uploadFile =
  'mutation ($file: File!) { uploadFile(couponSeriesId: "541854", input: { file: $file, customerIdentifier: "MOBILE", ' +
  'customerIdentifierColumn: 0 }) { result { uploadJobStatuses { jobId } } } }';

/** The gateway without its inspection threads. */
export const uncheckedGateway: Contender = {
  name: 'this gateway, its checks taken out',
  start: (sinkUrl) => startProcess([...startCommand.flags, ...tsx, 'bench/unchecked-gateway.ts', sinkUrl]),
};

/** The pipe first: the others are told as parts of it. */
export const pipeAndGateway: readonly Contender[] = [
  {
    name: 'raw Node pipe, parsing nothing',
    start: (sinkUrl) => startProcess([...tsx, 'bench/raw-pipe.ts', sinkUrl]),
  },
  {
    name: '**this gateway**, every check on',
    start: (sinkUrl) => startGateway({ COUPON_API_URL: sinkUrl }),
  },
  {
    name: 'this gateway, and asked for the SHA-256',
    start: (sinkUrl) => startGateway({ COUPON_API_URL: sinkUrl }),
    query: askSha256,
  },
  uncheckedGateway,
];

/** All that `npm run bench` sets beside each other. */
export const contenders: readonly Contender[] = [
  ...pipeAndGateway,
  { name: 'mercurius, mercurius-upload', start: peer('mercurius') },
  { name: 'Apollo Server, graphql-upload', start: peer('apollo') },
  { name: 'Yoga, its own multipart', start: peer('yoga') },
  { name: 'GraphQL Mesh, OpenAPI', start: peer('mesh'), query: uploadFile },
  { name: 'Hive Gateway, OpenAPI', start: peer('hive'), query: uploadFile },
];

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

/** As `npm start` has it: the young generation holds file chunks, and they are dead within a millisecond. */
export const gatewayArguments = ['--max-semi-space-size=1', 'dist/main.js'];

const peer = (file: string) => (sinkUrl: string) => startProcess([`bench/peers/${file}.js`, sinkUrl]);

/** What an OpenAPI document of the upload call becomes in GraphQL Mesh. */
const uploadFile =
  'mutation ($file: File!) { uploadFile(couponSeriesId: "541854", input: { file: $file, customerIdentifier: "MOBILE", ' +
  'customerIdentifierColumn: 0 }) { result { uploadJobStatuses { jobId } } } }';

/** The pipe first: the others are told as parts of it. */
export const contenders: readonly Contender[] = [
  {
    name: 'raw Node pipe, parsing nothing',
    start: (sinkUrl) => startProcess([...tsx, 'bench/raw-pipe.ts', sinkUrl]),
  },
  {
    name: '**this gateway**, every check on',
    start: (sinkUrl) => startProcess(gatewayArguments, { PORT: '0', COUPON_API_URL: sinkUrl }),
  },
  {
    name: 'this gateway, its checks taken out',
    start: (sinkUrl) =>
      startProcess(['--max-semi-space-size=1', ...tsx, 'bench/unchecked-gateway.ts', sinkUrl]),
  },
  { name: 'mercurius, mercurius-upload', start: peer('mercurius') },
  { name: 'Apollo Server, graphql-upload', start: peer('apollo') },
  { name: 'Yoga, its own multipart', start: peer('yoga') },
  { name: 'GraphQL Mesh, OpenAPI', start: peer('mesh'), query: uploadFile },
  { name: 'Hive Gateway, OpenAPI', start: peer('hive'), query: uploadFile },
];

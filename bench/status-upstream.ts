import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The cheapest status call there can be: the same twenty jobs for every series, printed once. */
const uploadJobStatuses = Array.from({ length: 20 }, (_, index) => ({
  jobId: 222_677 + index,
  uploadStatus: 'FINISHED',
  createdOn: '1716811570000',
  updatedOn: '1716811574000',
  errorFileUrl: null,
  successFileUrl: null,
  uploadedFileUrl: 'couponbatchupload_1716811569557_541854.csv',
  totalUploadedCount: 500_000,
  actualRowCount: 500_000,
  errorCount: 2,
  uploadTableName: 'temp_100458_20240527_120613638',
  uploadedFileName: 'couponbatchupload.csv',
  audienceGroupId: 0,
  audienceGroupVersionId: 0,
}));
const result = { orgId: 100458, couponSeriesId: 541854, uploadJobStatuses };
const answer = JSON.stringify({ success: true, status: 200, result });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };

const server = createServer((req, res) => {
  req.resume();
  res.writeHead(200, headers).end(answer);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
  );
});

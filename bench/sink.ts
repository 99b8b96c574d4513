import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The cheapest upstream there can be: swallows a body, then answers as an upload call does. A GET tells all that came. */
let bytes = 0;
const server = createServer({ requestTimeout: 0 }, (req, res) => {
  if (req.method === 'GET') return res.end(String(bytes));
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  req.on('end', () => {
    const createdOn = String(Date.now());
    const job = {
      jobId: 222696,
      uploadStatus: 'STARTED',
      createdOn,
      updatedOn: createdOn,
      uploadedFileName: 'bench.csv',
    };
    const result = { orgId: 100458, couponSeriesId: 541854, uploadJobStatuses: [job], fileName: 'bench.csv' };
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ success: true, status: 200, result }));
  });
  return undefined;
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
  );
});

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Event streams with next to nothing behind them, which no server on Node's `http` can be below: each request is one, and each
 * is told the status of one job, which is polled once a second.
 */
const statusCall = `${process.argv[2]}/coupon/api/v1/upload/getUploadStatus/1`;
const headers = { 'x-cap-api-oauth-token': 'bare' };
const streams = new Set<ServerResponse>();

const server = createServer((req, res) => {
  req.resume();
  if (req.url === '/healthz') return res.end('ok\n');
  streams.add(res);
  res.once('close', () => streams.delete(res));
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
  return undefined;
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}/graphql` })}\n`);
});

let told = '';
for (;;) {
  await sleep(1_000);
  const answer = await (await fetch(statusCall, { headers })).text();
  const [, status = ''] = /"uploadStatus":"(\w+)"/.exec(answer) ?? [];
  if (status === told) continue;
  told = status;
  const event = `event: next\ndata: {"data":{"uploadJobUpdated":{"id":"COUPON_BATCH:1:1","upstreamStatus":"${status}"}}}\n\n`;
  for (const stream of streams) stream.write(event);
}

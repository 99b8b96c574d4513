import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The baseline: hands every byte on to the sink, and parses nothing. */
const sink = process.argv[2] ?? '';
const server = createServer({ requestTimeout: 0 }, (req, res) => {
  const { 'content-type': contentType, 'content-length': contentLength } = req.headers;
  const headers = { 'content-type': contentType, ...(contentLength && { 'content-length': contentLength }) };
  const onward = request(sink, { method: 'POST', headers }, (answer) => answer.pipe(res));
  req.pipe(onward);
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` })}\n`,
  );
});

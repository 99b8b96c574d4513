import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { request } from 'undici';
import { expect, test } from 'vitest';
import type { ByteSource, ByteTaker } from '../src/capillary/byte-source.ts';
import { createDispatcher } from '../src/capillary/create-dispatcher.ts';
import { createMultipartBody } from '../src/capillary/multipart-body.ts';
import { listen } from './support/listen.ts';

const kib = 1024;
const totalBytes = 32 * kib * kib;

/** Hands out the same memory again and again, as soon as its taker is done with it. */
function sourceOfOneMemory(pieceBytes: number) {
  const memory = Buffer.alloc(pieceBytes);
  const hash = createHash('sha256');
  let taker: ByteTaker | undefined;
  let pieces = 0;
  function give(): void {
    while (pieces * pieceBytes < totalBytes) {
      pieces += 1;
      memory.fill(pieces % 251);
      hash.update(memory);
      if (!taker?.write(memory)) return;
    }
    taker?.end();
    taker = undefined;
  }
  const source: ByteSource = {
    start(newTaker) {
      taker = newTaker;
      give();
    },
    resume: give,
    stop() {},
  };
  return { source, sent: () => ({ bytes: pieces * pieceBytes, sha256: hash.digest('hex') }) };
}

/** Takes a body in steps that the connection has to wait for, and tells what the file in it was. */
async function startSlowReader() {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    let rushedBytes = 0;
    req.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      rushedBytes += chunk.length;
      if (rushedBytes < 64 * kib) return;
      rushedBytes = 0;
      req.pause();
      setTimeout(() => req.resume(), 1);
    });
    await once(req, 'end');
    const body = Buffer.concat(chunks);
    const file = body.subarray(body.indexOf('\r\n\r\n') + 4, body.lastIndexOf('\r\n--'));
    res.end(JSON.stringify({ bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') }));
  });
  const listening = await listen(server);
  return {
    url: `http://${listening.host}/`,
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}

// Around what sockets hold by themselves in one version of Node or undici or another, and up to the blocks of a file.
test.each([1, 15, 16, 17, 40, 63, 64, 65, 100, 128])(
  'What a slow upstream has not taken yet is not written over: pieces of %i KiB',
  async (pieceKib) => {
    await using upstream = await startSlowReader();
    const dispatcher = createDispatcher();
    const { source, sent } = sourceOfOneMemory(pieceKib * kib);
    const progress = { blocked() {}, flowing() {}, whole() {} };
    const body = createMultipartBody({ fields: [], fileName: 'a.csv', file: source, progress });
    const answer = await request(upstream.url, {
      method: 'POST',
      headers: { 'content-type': body.contentType },
      body: body.stream,
      dispatcher,
    });
    expect(await answer.body.json()).toEqual(sent());
    await dispatcher.close();
  },
);

test('A file that ends after its body was given up has not gone up as a whole', () => {
  let taker: ByteTaker | undefined;
  const file: ByteSource = {
    start(newTaker) {
      taker = newTaker;
    },
    resume() {},
    stop() {},
  };
  const progress = { blocked() {}, flowing() {}, whole() {} };
  const body = createMultipartBody({ fields: [], fileName: 'a.csv', file, progress });
  body.stream.read();
  body.stream.destroy();
  taker?.end();
  expect(body.isWhole()).toBe(false);
});

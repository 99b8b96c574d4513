import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import type { ByteSource, ByteTaker } from '../src/capillary/byte-source.ts';
import { createDispatcher } from '../src/capillary/create-dispatcher.ts';
import { passThroughCredential } from '../src/capillary/pass-through-credential.ts';
import { createSendUpload, type UploadRequest } from '../src/capillary/send-upload.ts';
import { deferred } from '../src/flow/deferred.ts';
import { noSpan } from '../src/span.ts';
import { listen } from './support/listen.ts';

const dispatcher = createDispatcher();
afterAll(() => dispatcher.destroy());

/** A file without an end. */
function endlessFile(stop: () => void): ByteSource {
  const piece = Buffer.alloc(64 * 1024);
  let taker: ByteTaker | undefined;
  const resume = () => void taker?.write(piece);
  return {
    start(newTaker) {
      taker = newTaker;
      resume();
    },
    resume,
    stop,
  };
}

function send(host: string, upload: Omit<UploadRequest, 'form' | 'fileName'>) {
  const sendUpload = createSendUpload({
    ...{ couponApiUrl: `http://${host}`, dispatcher },
    ...{ idleTimeoutMs: 500, answerTimeoutMs: 500 },
  });
  const form = { kind: 'COUPON_BATCH', couponSeriesId: '541854', customerIdentifier: 'NOT_TAGGED' } as const;
  return sendUpload({ form, fileName: 'a.csv', ...upload });
}

test.each(['before it begins', 'while its token is fetched'])(
  'An upload that is given up %s stops its file, and makes no call',
  async (when) => {
    const controller = new AbortController();
    const reason = new Error('gone');
    if (when === 'before it begins') controller.abort(reason);
    const token = async () => {
      controller.abort(reason);
      return 'token';
    };
    const [begin, stop] = [vi.fn(() => noSpan), vi.fn()];
    const outcome = await send('127.0.0.1:1', {
      file: endlessFile(stop),
      credential: { ...passThroughCredential('token'), token },
      signal: controller.signal,
      span: { ...noSpan, begin },
    });
    expect(outcome).toEqual({ ok: false, error: reason, whole: false });
    expect(stop).toHaveBeenCalled();
    await setImmediate();
    expect(begin).not.toHaveBeenCalled();
  },
);

test('An early answer stops the file as soon as it begins, not only once it is read', async () => {
  const stopped = deferred();
  const server = createServer(async (_, res) => {
    res.writeHead(413).write('{');
    await stopped.promise;
    res.end('}');
  });
  await using upstream = await listen(server);
  const outcome = await send(upstream.host, {
    file: endlessFile(stopped.resolve),
    credential: passThroughCredential('token'),
    signal: new AbortController().signal,
  });
  expect(outcome).toMatchObject({ ok: false, whole: false, error: { code: 'REJECTED', httpStatus: 413 } });
});

import { connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../src/sandbox/create-sandbox.ts';
import { couponFile } from './support/coupon-file.ts';
import { startProcess } from './support/gateway-process.ts';
import { upload } from './support/graphql-client.ts';
import { hasProgram } from './support/has-program.ts';
import { listen } from './support/listen.ts';
import { makeSelfSigned } from './support/self-signed.ts';
import { sha256Of } from './support/sha256-of.ts';

/** Capillary's addresses are https: the sandbox behind TLS. */
async function startTls(target: string, tls: { readonly key: string; readonly cert: string }) {
  const sockets = new Set<TLSSocket>();
  const server = createServer(tls, (client) => {
    sockets.add(client);
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    client.on('error', () => {}).pipe(upstream);
    upstream.on('error', () => {}).pipe(client);
  });
  server.on('tlsClientError', () => {});
  const listening = await listen(server);
  return {
    url: `https://${listening.host}${new URL(target).pathname}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await listening[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!hasProgram('openssl', ['version']))('Upstream behind TLS', () => {
  test('gets the very bytes, also when it takes them slowly', async () => {
    await using tls = await makeSelfSigned();
    await using sandbox = await createSandbox();
    await using upstream = await startTls(sandbox.url, tls);
    await using gateway = await startProcess({
      COUPON_API_URL: upstream.url,
      NODE_EXTRA_CA_CERTS: tls.certFile,
    });
    const file = couponFile(24 * 1024 * 1024);
    const fileSha256 = sha256Of(file);
    const fault = { kind: 'slow', bytesPerSecond: 12 * 1024 * 1024 } as const;
    sandbox.faults.set({ call: 'uploadFile', times: 1, fault });
    for (const speed of ['slowly', 'as fast as it can']) {
      const { data } = await upload(gateway.url, { file });
      expect(data.uploadCouponBatch, speed).toMatchObject({ __typename: 'UploadAccepted' });
      expect(sandbox.requests.at(-1), speed).toMatchObject({ complete: true, fileSha256 });
    }
  });

  test('is told as unavailable when its certificate is not trusted, and gets nothing', async () => {
    await using tls = await makeSelfSigned();
    await using sandbox = await createSandbox();
    await using upstream = await startTls(sandbox.url, tls);
    await using gateway = await startProcess({ COUPON_API_URL: upstream.url });
    const { errors } = await upload(gateway.url, { file: couponFile(100_000) });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(sandbox.requests).toEqual([]);
  });
});

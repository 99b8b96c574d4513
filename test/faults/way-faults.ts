import { createServer as createTlsServer } from 'node:https';
import { freePort } from '../support/free-port.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { listen } from '../support/listen.ts';
import { makeSelfSigned } from '../support/self-signed.ts';
import { openBlackHole } from './black-hole.ts';
import { type ClosingProxy, startClosingProxy } from './closing-proxy.ts';
import { afterIdleMs, afterReadMs, atOnceMs, type FaultCase } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';

const ground = async () => ({});

interface WrongWay extends AsyncDisposable {
  readonly url: string;
}

interface WrongAddress {
  readonly name: string;
  readonly withinMs?: number;
  /** Without one the list is not asked first. Default `true`. */
  readonly hasKey?: boolean;
  readonly open: (stage: FaultStage) => Promise<WrongWay>;
}

/** An upload by a gateway whose COUPON_API_URL leads nowhere. The repeat goes to one whose does. */
function wrongAddress({ name, withinMs = atOnceMs, hasKey = true, open }: WrongAddress): FaultCase {
  let gateway: GatewayProcess;
  return {
    ...{ name, withinMs, ground },
    async prepare(stage) {
      const way = await open(stage);
      stage.defer(way);
      gateway = await stage.another({ env: { COUPON_API_URL: way.url } });
    },
    run: (stage) => stage.upload(gateway, hasKey ? stage.request : stage.keyless),
  };
}

const nowhere = (url: string): WrongWay => ({ url, [Symbol.asyncDispose]: async () => {} });

async function closedPort(): Promise<WrongWay> {
  return nowhere(`http://127.0.0.1:${await freePort()}`);
}

async function untrustedServer(): Promise<WrongWay> {
  const tls = await makeSelfSigned();
  const listening = await listen(createTlsServer(tls));
  return {
    url: `https://${listening.host}`,
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      await tls[Symbol.asyncDispose]();
    },
  };
}

/** More than all buffers of the sockets on the way hold. */
const large = 12 * 1024 * 1024;

/** An upload by a gateway with a proxy before Capillary, over which an earlier one has left its connection open. */
function keptConnection(
  name: string,
  close: (proxy: ClosingProxy) => void,
  withinMs: number = atOnceMs,
): FaultCase {
  let proxy: ClosingProxy;
  let gateway: GatewayProcess;
  return {
    ...{ name, withinMs, fileBytes: large, ground },
    async prepare(stage) {
      proxy = await startClosingProxy(stage.sandbox.url);
      stage.defer(proxy);
      gateway = await stage.another({ env: { COUPON_API_URL: proxy.url } });
    },
    async run(stage) {
      await stage.upload(gateway, stage.elsewhere);
      const before = proxy.uploads();
      close(proxy);
      const got = await stage.upload(gateway);
      // Of one that fails nobody knows how much Capillary has taken in: it is not for the gateway to send it again.
      const tries = proxy.uploads() - before;
      return tries === 1 ? got : `${got} after ${tries} uploads`;
    },
  };
}

/** What happens between the gateway and Capillary, before Capillary hears of it. */
export const wayFaults: readonly FaultCase[] = [
  wrongAddress({ name: "Nothing listens on Capillary's port", open: closedPort }),
  wrongAddress({
    name: "Nothing listens on Capillary's port, and the upload has no key",
    hasKey: false,
    open: closedPort,
  }),
  wrongAddress({
    name: 'Capillary neither accepts nor refuses the connection',
    withinMs: afterReadMs,
    open: openBlackHole,
  }),
  wrongAddress({
    name: 'Capillary neither accepts nor refuses the connection, and the upload has no key',
    withinMs: afterIdleMs,
    hasKey: false,
    open: openBlackHole,
  }),
  wrongAddress({
    name: "Capillary's host name does not resolve",
    open: async () => nowhere('http://capillary.invalid'),
  }),
  wrongAddress({ name: "Capillary's certificate is not trusted", open: untrustedServer }),
  wrongAddress({
    name: 'Capillary is called with https, but speaks no TLS',
    open: async ({ sandbox }) => nowhere(sandbox.url.replace('http:', 'https:')),
  }),
  keptConnection('Capillary closes its idle connections a moment before the upload', (proxy) =>
    proxy.closeAll(),
  ),
  keptConnection(
    'The network silently loses all open connections to Capillary a moment before the upload',
    (proxy) => proxy.loseAll(),
    afterReadMs,
  ),
];

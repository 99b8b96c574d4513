import type { CapillaryClient } from './capillary/capillary-client.ts';
import { createDispatcher } from './capillary/create-dispatcher.ts';
import type { Credential } from './capillary/credential.ts';
import { createListJobs } from './capillary/list-jobs.ts';
import { createOwnCredential } from './capillary/own-credential.ts';
import { createSendUpload } from './capillary/send-upload.ts';
import type { OnCall } from './capillary/upstream-call.ts';
import type { Config } from './config.ts';
import type { Closers } from './flow/closers.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';

/** Capillary, or the sandbox in its place. */
export interface Upstream {
  readonly client: CapillaryClient;
  /** Set when the gateway has a key and a secret: it is then used in place of every caller's token. */
  readonly ownCredential: Credential | undefined;
  /** The embedded sandbox, where there is one; its token is no secret. */
  readonly sandbox: { readonly url: string; readonly token: string } | undefined;
}

/**
 * Makes the client of Capillary. Without an address of Capillary, starts the embedded sandbox and makes a
 * client of that. `closers` close what was opened.
 */
export async function connectUpstream(config: Config, onCall: OnCall, closers: Closers): Promise<Upstream> {
  const { upstreamTimeoutMs: timeoutMs } = config;
  const { couponApiUrl, tokenApiUrl, sandbox } = config.upstream
    ? { ...config.upstream, sandbox: undefined }
    : await startSandbox(config, closers);
  const dispatcher = closers.add(createDispatcher(), (made) => made.destroy());
  // Uploads hold a socket for minutes: reads must not wait for one. And each has one of its own: one that was kept may be
  // dead without anybody knowing, and an upload that was written to it is not sent again.
  const uploadDispatcher = closers.add(createDispatcher({ connections: 1024, keepsAlive: false }), (made) =>
    made.destroy(),
  );
  return {
    client: {
      listJobs: createListJobs({ couponApiUrl, dispatcher, timeoutMs, onCall }),
      sendUpload: createSendUpload({
        ...{ couponApiUrl, dispatcher: uploadDispatcher, onCall },
        idleTimeoutMs: config.uploadIdleTimeoutMs,
        answerTimeoutMs: config.uploadAnswerTimeoutMs,
      }),
    },
    ownCredential:
      config.client && createOwnCredential({ ...config.client, tokenApiUrl, dispatcher, timeoutMs, onCall }),
    sandbox,
  };
}

async function startSandbox({ client }: Config, closers: Closers) {
  const options = client ? { clients: [{ orgId: 100458, ...client }] } : {};
  const { url } = closers.add(await createSandbox(options), (made) => made.close());
  return { couponApiUrl: url, tokenApiUrl: url, sandbox: { url, token: 'sandbox-token' } };
}

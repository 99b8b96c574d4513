import type { CapillaryClient } from './capillary/capillary-client.ts';
import type { Credential } from './capillary/credential.ts';
import { passThroughCredential } from './capillary/pass-through-credential.ts';
import type { UpstreamJob } from './capillary/upstream-job.ts';
import { GatewayError } from './errors.ts';
import type { RunInTurn } from './flow/fair-queue.ts';
import { createShareInFlight } from './flow/share-in-flight.ts';
import type { GatewayContext } from './gateway-context.ts';
import type { GraphQLRequest } from './http/request/server-context.ts';
import { createSeriesJobs } from './jobs/series-jobs.ts';
import type { BeginUpload } from './observe/upload-record.ts';

/** What the contexts of all operations share. */
export interface ContextsOptions extends Pick<GatewayContext, 'uploadFile' | 'watcher'> {
  readonly client: Pick<CapillaryClient, 'listJobs'>;
  /** In which the reads of a caller run. */
  readonly inTurn: RunInTurn;
  /** Used in place of every caller's token. `undefined`: each caller sends one. */
  readonly ownCredential: Credential | undefined;
  /** Suggested to callers without a token. `undefined`: there is no sandbox. */
  readonly sandboxToken: string | undefined;
  readonly beginUpload: BeginUpload;
}

/** Makes the context of each operation. Operations that run at the same time share equal calls of upstream. */
export function createContexts(options: ContextsOptions): (request: GraphQLRequest) => GatewayContext {
  const { client, inTurn, ownCredential, sandboxToken, beginUpload, uploadFile, watcher } = options;
  const inFlight = createShareInFlight<readonly UpstreamJob[]>();

  return ({ token, signal, record }) => {
    const { requestId, span } = record;
    const callers = token === undefined ? undefined : passThroughCredential(token);
    const credential = () => {
      const found = ownCredential ?? callers;
      if (!found) throw new GatewayError('UNAUTHENTICATED', missingToken(sandboxToken));
      return found;
    };
    return {
      ...{ credential, signal, uploadFile, watcher },
      seriesJobs: createSeriesJobs({
        listJobs: client.listJobs,
        inFlight,
        inTurn,
        credential,
        signal,
        span,
      }),
      beginUpload(upload) {
        record.uploads();
        return beginUpload({ requestId, span, signal }, upload);
      },
    };
  };
}

function missingToken(sandboxToken: string | undefined): string {
  const how = 'Send an access token in the header x-cap-api-oauth-token, or as Authorization: Bearer.';
  return sandboxToken === undefined ? how : `${how} The embedded sandbox takes "${sandboxToken}".`;
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { createCapillaryClient } from './capillary/capillary-client.ts';
import { createDispatcher } from './capillary/create-dispatcher.ts';
import { createOwnCredential } from './capillary/own-credential.ts';
import { passThroughCredential } from './capillary/pass-through-credential.ts';
import { createShareInFlight } from './capillary/share-in-flight.ts';
import type { UpstreamJob } from './capillary/upstream-job.ts';
import type { Config } from './config.ts';
import { GatewayError } from './errors.ts';
import type { GatewayContext } from './gateway-context.ts';
import { answerBrokenRequests } from './http/answer-broken-requests.ts';
import { continueWhenRead } from './http/continue-when-read.ts';
import { createGraphQLHandler } from './http/create-graphql-handler.ts';
import { createRequestListener, type GraphQLRequest } from './http/create-request-listener.ts';
import { createExplorer } from './http/explorer/create-explorer.ts';
import { isWebSocketUpgrade } from './http/ignore-upgrade.ts';
import { createPersistedDocuments } from './http/persisted-documents.ts';
import { readPersistedDocuments } from './http/read-persisted-documents.ts';
import { answerWith } from './http/send-response.ts';
import { serveWebSocket } from './http/serve-web-socket.ts';
import { createWorkInHand } from './http/work-in-hand.ts';
import { createSeriesJobs } from './jobs/series-jobs.ts';
import { toUploadJob } from './jobs/upload-job.ts';
import { createMetrics } from './observe/create-metrics.ts';
import { createOperationRecords } from './observe/operation-record.ts';
import { noTracing, type Tracing } from './observe/tracing.ts';
import { createUploadRecords, type UploadToRecord } from './observe/upload-record.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';
import { schema } from './schema/schema.ts';
import { createInspector, type Inspector } from './upload/inspection/create-inspector.ts';
import { createLocalKeyLock } from './upload/key-lock.ts';
import { createUploadFile } from './upload/upload-file.ts';
import { createWatcher } from './watch/create-watcher.ts';

export interface Gateway {
  /** `http://host:port/graphql` */
  readonly url: string;
  /** The embedded sandbox's address, where there is one. */
  readonly sandboxUrl: string | undefined;
  /**
   * Takes no new work, lets what runs finish for at most `drainMs` (default 30,000), cuts the rest, and frees
   * everything. May be called twice.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * The composition root: puts a gateway together out of its parts and starts listening. Rejects when the address cannot
 * be had; then nothing is left behind. The gateway closes the inspector. Logs to stdout by default.
 */
export async function createGateway(
  config: Config,
  logger: Logger = pino({ level: config.logLevel, base: null }),
  { inspector = createInspector() }: { readonly inspector?: Inspector } = {},
): Promise<Gateway> {
  const { persistedDocuments: list } = config;
  // First of all: when it fails nothing is left behind.
  const persisted = createPersistedDocuments({
    documents: list && (await readPersistedDocuments(list.path)),
    only: list?.only ?? false,
  });
  const sandbox = config.upstream
    ? undefined
    : await createSandbox(config.client ? { clients: [{ ...sandboxOrg, ...config.client }] } : {});
  const upstream = config.upstream ?? { couponApiUrl: sandbox?.url ?? '', tokenApiUrl: sandbox?.url ?? '' };
  const metrics = createMetrics();
  const { onCall } = metrics;
  const tracing = config.tracing ? await connectCollector(logger) : noTracing;
  const dispatcher = createDispatcher();
  const uploadDispatcher = createDispatcher({ connections: 1024 });
  const client = createCapillaryClient({
    couponApiUrl: upstream.couponApiUrl,
    dispatcher,
    uploadDispatcher,
    timeoutMs: config.upstreamTimeoutMs,
    uploadIdleTimeoutMs: config.uploadIdleTimeoutMs,
    uploadAnswerTimeoutMs: config.uploadAnswerTimeoutMs,
    onCall,
  });
  const ownCredential =
    config.client &&
    createOwnCredential({
      ...config.client,
      tokenApiUrl: upstream.tokenApiUrl,
      dispatcher,
      timeoutMs: config.upstreamTimeoutMs,
      onCall,
    });
  const redis = config.redisUrl ? await connectReplicas(config, config.redisUrl, logger) : undefined;
  const uploadFile = createUploadFile({
    client,
    inspector,
    keyLock: redis?.keyLock ?? createLocalKeyLock(),
    lookPausesMs: [0, 500, 1_500],
    maxFileBytes: config.maxFileBytes,
    idleTimeoutMs: config.uploadIdleTimeoutMs,
  });
  const watcher = createWatcher({
    listJobs: (request) => client.listJobs({ ...request, span: tracing.root }),
    isTerminal: (job) => toUploadJob(job).isTerminal,
    pollMinIntervalMs: config.pollMinIntervalMs,
    pollMaxIntervalMs: config.pollMaxIntervalMs,
    pollBudgetPerMinute: config.pollBudgetPerMinute,
    maxPerCredential: config.maxSubscriptionsPerCredential,
    exchange: redis?.exchange,
    log: logger,
  });
  metrics.addWatching(watcher.stats);
  let isCutting = false;
  const recordUpload = createUploadRecords({
    log: logger,
    onUpload: metrics.onUpload,
    isCutting: () => isCutting,
  });
  const shareInFlight = createShareInFlight<readonly UpstreamJob[]>();

  function createContext({ token, signal, record }: GraphQLRequest): GatewayContext {
    const callers = token === undefined ? undefined : passThroughCredential(token);
    const credential = () => {
      const found = ownCredential ?? callers;
      if (!found) throw new GatewayError('UNAUTHENTICATED', missingToken(sandbox !== undefined));
      return found;
    };
    const seriesJobs = createSeriesJobs({
      listJobs: client.listJobs,
      shareInFlight,
      credential,
      signal,
      span: record.span,
    });
    const { requestId, span } = record;
    const beginUpload = (upload: UploadToRecord) => recordUpload({ requestId, span, signal }, upload);
    return { credential, signal, seriesJobs, uploadFile, beginUpload, watcher };
  }

  const graphql = createGraphQLHandler({
    schema,
    createContext,
    idleTimeoutMs: config.uploadIdleTimeoutMs,
    corsOrigins: config.corsOrigins,
    introspection: config.introspection,
    documentLimits: config.documentLimits,
    persisted,
    maxUploads: config.maxUploads,
  });
  const explorer = config.graphiql
    ? createExplorer({
        settings: { endpoint: '/graphql', sandboxToken: sandbox ? 'sandbox-token' : null },
        logger,
      })
    : undefined;
  const beginOperation = createOperationRecords({ log: logger, onOperation: metrics.onOperation, tracing });
  const work = createWorkInHand();
  const server = createServer(
    // Node's own limit on a whole request would cut slow uploads with a bare 408: each body has its own watch here.
    {
      ...{ requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 },
      // By itself Node looks every 30 s, and 20 would be up to 50.
      connectionsCheckingInterval: 1_000,
      // It would answer a request without one in its own words: the listener refuses it.
      requireHostHeader: false,
      // Node 20 does not know it yet, nor do its types.
      ...{ shouldUpgradeCallback: isWebSocketUpgrade },
    },
    createRequestListener({
      graphql: answerWith(graphql, logger),
      beginOperation,
      work,
      metrics: metrics.print,
      idleTimeoutMs: config.uploadIdleTimeoutMs,
      explorer,
    }),
  );
  answerBrokenRequests(server);
  continueWhenRead(server);
  const closeWebSockets = serveWebSocket({
    server,
    graphql,
    beginOperation,
    queryOf: persisted.queryOf,
    work,
    corsOrigins: config.corsOrigins,
    log: logger,
  });

  async function close(drainMs: number): Promise<void> {
    work.refuse();
    // Before the drain: a subscription is an open response, and would last to the drain's end.
    watcher.close();
    await closeWebSockets();
    // Still listening meanwhile: a probe must hear 503, and not a refused connection.
    await work.done(drainMs);
    isCutting = true;
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      // The server is closed before its connections say so: what they cut off gives up its thread and its calls itself.
      await work.done(1_000);
    }
    await inspector.close();
    await redis?.link.close();
    await Promise.all([dispatcher.destroy(), uploadDispatcher.destroy()]);
    // After all that may still end a span.
    await tracing.close();
    await sandbox?.close();
  }

  try {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  } catch (error) {
    await close(0);
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return {
    url: `http://${host}:${port}/graphql`,
    sandboxUrl: sandbox?.url,
    close(drainMs = 30_000) {
      closing ??= close(drainMs);
      return closing;
    },
  };
}

/** Where traces go. Loaded only where it is wanted: it costs memory. */
async function connectCollector(log: Logger): Promise<Tracing> {
  const { createOpenTelemetry } = await import('./observe/open-telemetry.ts');
  return createOpenTelemetry({ log });
}

/** What several gateways share. Loaded only where it is wanted: it costs memory. */
async function connectReplicas({ pollBudgetPerMinute }: Config, url: string, log: Logger) {
  const { createRedisLink } = await import('./redis/redis-link.ts');
  const { createRedisExchange } = await import('./watch/redis-exchange.ts');
  const { createRedisKeyLock } = await import('./upload/redis-key-lock.ts');
  const link = createRedisLink({ url, log });
  return {
    link,
    exchange: createRedisExchange({ link, pollBudgetPerMinute }),
    keyLock: createRedisKeyLock({ link }),
  };
}

const sandboxOrg = { orgId: 100458, ttlSeconds: 300 };

function missingToken(isSandbox: boolean): string {
  const how = 'Send an access token in the header x-cap-api-oauth-token, or as Authorization: Bearer.';
  return isSandbox ? `${how} The embedded sandbox takes "sandbox-token".` : how;
}

import type { Logger } from 'pino';
import { createCapillaryClient } from './capillary/capillary-client.ts';
import { createDispatcher } from './capillary/create-dispatcher.ts';
import { createOwnCredential } from './capillary/own-credential.ts';
import { type Closers, createClosers } from './closers.ts';
import type { Config } from './config.ts';
import { createContexts } from './create-contexts.ts';
import { createGraphQLHandler } from './http/create-graphql-handler.ts';
import { createExplorer } from './http/explorer/create-explorer.ts';
import { createPersistedDocuments } from './http/persisted-documents.ts';
import { readPersistedDocuments } from './http/read-persisted-documents.ts';
import { startServer } from './http/start-server.ts';
import { createUploadPlaces } from './http/upload-places.ts';
import { createWorkInHand } from './http/work-in-hand.ts';
import { toUploadJob } from './jobs/upload-job.ts';
import { createLogger } from './observe/create-logger.ts';
import { createMetrics } from './observe/create-metrics.ts';
import { createOperationRecords } from './observe/operation-record.ts';
import { noTracing, type Tracing } from './observe/tracing.ts';
import { createUploadRecords } from './observe/upload-record.ts';
import { createSandbox } from './sandbox/create-sandbox.ts';
import type { SandboxOptions } from './sandbox/sandbox-options.ts';
import { schema } from './schema/schema.ts';
import { createInspector } from './upload/inspection/create-inspector.ts';
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

/** What may stand in for a part of a gateway. The gateway closes what it opens. */
export interface GatewayParts {
  readonly openInspector?: typeof createInspector | undefined;
}

/**
 * The composition root: puts a gateway together out of its parts and starts listening. Rejects when one of them cannot
 * be had, the address as well as the file of documents; then all that was made before is closed again. Logs to stdout by
 * default.
 */
export async function createGateway(
  config: Config,
  logger: Logger = createLogger(config.logLevel),
  parts: GatewayParts = {},
): Promise<Gateway> {
  const closers = createClosers();
  try {
    return await compose(config, logger, parts, closers);
  } catch (error) {
    // What failed first is what there is to hear of.
    await closers.close().catch(() => {});
    throw error;
  }
}

async function compose(
  config: Config,
  logger: Logger,
  { openInspector = createInspector }: GatewayParts,
  closers: Closers,
): Promise<Gateway> {
  const { upstreamTimeoutMs: timeoutMs, uploadIdleTimeoutMs: idleTimeoutMs, persistedDocuments } = config;
  const persisted = createPersistedDocuments({
    documents: persistedDocuments && (await readPersistedDocuments(persistedDocuments.path)),
    only: persistedDocuments?.only ?? false,
  });
  const sandbox = config.upstream
    ? undefined
    : closers.add(await createSandbox(sandboxOptions(config)), (made) => made.close());
  const upstream = config.upstream ?? { couponApiUrl: sandbox?.url ?? '', tokenApiUrl: sandbox?.url ?? '' };
  const metrics = createMetrics();
  const { onCall } = metrics;
  // Early, and so closed late: after all that may still end a span.
  const tracing = config.tracing
    ? closers.add(await connectCollector(logger), (made) => made.close())
    : noTracing;
  const dispatcher = closers.add(createDispatcher(), (made) => made.destroy());
  const uploadDispatcher = closers.add(createDispatcher({ connections: 1024 }), (made) => made.destroy());
  const client = createCapillaryClient({
    couponApiUrl: upstream.couponApiUrl,
    ...{ dispatcher, uploadDispatcher, timeoutMs, onCall },
    uploadIdleTimeoutMs: idleTimeoutMs,
    uploadAnswerTimeoutMs: config.uploadAnswerTimeoutMs,
  });
  const ownCredential =
    config.client &&
    createOwnCredential({
      ...config.client,
      tokenApiUrl: upstream.tokenApiUrl,
      ...{ dispatcher, timeoutMs, onCall },
    });
  const replicas = config.redisUrl
    ? closers.add(await connectReplicas(config, config.redisUrl, logger), (made) => made.link.close())
    : undefined;
  const inspector = closers.add(openInspector({ maxRows: config.maxDuplicateSearchRows }), (made) =>
    made.close(),
  );
  const uploadFile = createUploadFile({
    ...{ client, inspector, idleTimeoutMs },
    keyLock: replicas?.keyLock ?? createLocalKeyLock(),
    lookPausesMs: [0, 500, 1_500],
    maxFileBytes: config.maxFileBytes,
  });
  const watcher = createWatcher({
    listJobs: (request) => client.listJobs({ ...request, span: tracing.root }),
    isTerminal: (job) => toUploadJob(job).isTerminal,
    pollMinIntervalMs: config.pollMinIntervalMs,
    pollMaxIntervalMs: config.pollMaxIntervalMs,
    pollBudgetPerMinute: config.pollBudgetPerMinute,
    maxPerCredential: config.maxSubscriptionsPerCredential,
    exchange: replicas?.exchange,
    log: logger,
  });
  metrics.addWatching(watcher.stats);
  const uploadPlaces = createUploadPlaces({
    max: config.maxUploads,
    // With tokens of our own, those of the callers mean nothing: anybody could bring another for each request.
    maxPerCredential: config.client ? config.maxUploads : config.maxUploadsPerCredential,
  });
  metrics.addUploadPlaces(uploadPlaces);
  const work = createWorkInHand();
  const { onUpload, onOperation } = metrics;
  const graphql = createGraphQLHandler({
    schema,
    createContext: createContexts({
      ...{ client, ownCredential, uploadFile, watcher },
      isSandbox: sandbox !== undefined,
      beginUpload: createUploadRecords({ log: logger, onUpload }),
    }),
    idleTimeoutMs,
    corsOrigins: config.corsOrigins,
    introspection: config.introspection,
    documentLimits: config.documentLimits,
    persisted,
    uploadPlaces,
  });
  const server = await startServer({
    port: config.port,
    host: config.host,
    graphql,
    beginOperation: createOperationRecords({ log: logger, onOperation, tracing }),
    queryOf: persisted.queryOf,
    ...{ work, idleTimeoutMs, log: logger },
    metrics: metrics.print,
    explorer: config.graphiql
      ? createExplorer({
          settings: { endpoint: '/graphql', sandboxToken: sandbox ? 'sandbox-token' : null },
          logger,
        })
      : undefined,
    corsOrigins: config.corsOrigins,
  });

  async function end(drainMs: number): Promise<void> {
    try {
      // Before the drain: a subscription is an open response, and would last to the drain's end.
      watcher.close();
      await server.close(drainMs);
    } finally {
      await closers.close();
    }
  }

  let closing: Promise<void> | undefined;
  return {
    url: `${server.origin}/graphql`,
    sandboxUrl: sandbox?.url,
    close(drainMs = 30_000) {
      closing ??= end(drainMs);
      return closing;
    },
  };
}

/** Where traces go. Loaded only where it is wanted: it costs memory. */
async function connectCollector(log: Logger): Promise<Tracing> {
  const { createOpenTelemetry } = await import('./observe/open-telemetry.ts');
  return createOpenTelemetry({ log });
}

/** What several gateways share. Loaded only where it is wanted: it costs memory. Whoever connects closes the link. */
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

function sandboxOptions({ client }: Config): SandboxOptions {
  return client ? { clients: [{ orgId: 100458, ttlSeconds: 300, ...client }] } : {};
}

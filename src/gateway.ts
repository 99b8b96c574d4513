import type { Logger } from 'pino';
import { listInTurn } from './capillary/list-in-turn.ts';
import { checkPersistedDocuments } from './check-persisted-documents.ts';
import type { Config } from './config.ts';
import { connectReplicas } from './connect-replicas.ts';
import { connectUpstream } from './connect-upstream.ts';
import { createContexts } from './create-contexts.ts';
import { type Closers, createClosers } from './flow/closers.ts';
import { createFairQueue } from './flow/fair-queue.ts';
import { createGraphQLHandler } from './http/create-graphql-handler.ts';
import { createPersistedDocuments } from './http/document/persisted-documents.ts';
import { createExplorer } from './http/explorer/create-explorer.ts';
import { startServer } from './http/start-server.ts';
import { toUploadJob } from './jobs/upload-job.ts';
import { connectCollector } from './observe/connect-collector.ts';
import { createLogger } from './observe/create-logger.ts';
import { createMetrics } from './observe/create-metrics.ts';
import { createOperationRecords } from './observe/operation-record.ts';
import { createUploadRecords } from './observe/upload-record.ts';
import { readPersistedDocuments } from './read-persisted-documents.ts';
import { schema } from './schema/schema.ts';
import { createInspector } from './upload/inspection/create-inspector.ts';
import { createUploadFile } from './upload/upload-file.ts';
import { createUploadPlaces } from './upload/upload-places.ts';
import { createWatcher } from './watch/create-watcher.ts';

/** A gateway that listens. Whoever makes it closes it. */
export interface Gateway {
  /** `http://host:port/graphql` */
  readonly url: string;
  /** The embedded sandbox's address, where there is one. */
  readonly sandboxUrl: string | undefined;
  /**
   * Takes no new work, gives what runs up to `drainMs` (default 30,000) to finish, cuts the rest and frees
   * everything. May be called twice.
   */
  close(drainMs?: number): Promise<void>;
}

/** Parts that a caller may replace. The gateway closes what it opens with them. */
export interface GatewayParts {
  readonly openInspector?: typeof createInspector | undefined;
  /** Before each look into Capillary's list for a job whose answer was lost. Default 0, 500 and 1,500. */
  readonly lookPausesMs?: readonly number[] | undefined;
}

/**
 * The composition root: puts the parts of a gateway together and starts listening. Rejects when one of them
 * cannot be had, such as the address or the file of documents; all that was made before is then closed again.
 * Logs to stdout by default.
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
    // The first failure is the one to report.
    await closers.close().catch(() => {});
    throw error;
  }
}

async function compose(
  config: Config,
  log: Logger,
  { openInspector = createInspector, lookPausesMs = [0, 500, 1_500] }: GatewayParts,
  closers: Closers,
): Promise<Gateway> {
  const { uploadIdleTimeoutMs: idleTimeoutMs, corsOrigins, allowedHosts } = config;
  const listed = await readPersistedDocuments(config.persistedDocuments);
  const persisted = createPersistedDocuments(listed);
  const metrics = createMetrics();
  const { onCall, onUpload, onOperation } = metrics;
  // Made first, so closed last: whatever else is closed may still end a span.
  const tracing = closers.add(await connectCollector(config.tracing, log), (made) => made.close());
  const { client, ownCredential, sandbox } = await connectUpstream(config, onCall, closers);
  const { keyLock, exchange } = await connectReplicas(config, log, closers);

  const inspector = closers.add(openInspector({ maxRows: config.maxDuplicateSearchRows }), (made) =>
    made.close(),
  );
  // How many reads of one caller run at once: a quarter of the sockets to upstream.
  const inTurn = createFairQueue(32);
  const uploadFile = createUploadFile({
    client: { ...client, listJobs: listInTurn(client.listJobs, inTurn) },
    ...{ inspector, keyLock, idleTimeoutMs, lookPausesMs },
    maxFileBytes: config.maxFileBytes,
  });
  const uploadPlaces = createUploadPlaces({
    max: config.maxUploads,
    // With a credential of our own, nobody checks the callers' tokens: each request could bring another one.
    maxPerCredential: ownCredential ? config.maxUploads : config.maxUploadsPerCredential,
  });
  metrics.addUploadPlaces(uploadPlaces);
  const watcher = createWatcher({
    listJobs: (request) => client.listJobs({ ...request, span: tracing.root }),
    isTerminal: (job) => toUploadJob(job).isTerminal,
    pollMinIntervalMs: config.pollMinIntervalMs,
    pollMaxIntervalMs: config.pollMaxIntervalMs,
    pollBudgetPerMinute: config.pollBudgetPerMinute,
    maxPerCredential: config.maxSubscriptionsPerCredential,
    ...{ exchange, log },
  });
  metrics.addWatching(watcher.stats);

  const createContext = createContexts({
    ...{ client, inTurn, ownCredential, uploadFile, watcher },
    sandboxToken: sandbox?.token,
    beginUpload: createUploadRecords({ log, onUpload }),
  });
  const graphql = createGraphQLHandler({
    ...{ schema, createContext, persisted, uploadPlaces, idleTimeoutMs, corsOrigins },
    introspection: config.introspection,
    documentLimits: config.documentLimits,
  });
  checkPersistedDocuments(listed.documents, graphql);
  const server = await startServer({
    port: config.port,
    host: config.host,
    ...{ graphql, idleTimeoutMs, corsOrigins, allowedHosts, log },
    queryOf: persisted.queryOf,
    beginOperation: createOperationRecords({ log, onOperation, tracing }),
    metrics: metrics.print,
    explorer: config.graphiql ? createExplorer({ sandboxToken: sandbox?.token ?? null, log }) : undefined,
  });

  async function end(drainMs: number): Promise<void> {
    try {
      // Before the drain: a subscription is an open response, and would hold the drain up to its very end.
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

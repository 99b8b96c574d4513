import { type Cluster, clusters } from './capillary/clusters.ts';
import type { DocumentLimits } from './http/document/document-limits.ts';
import { type LogLevel, logLevels } from './log.ts';
import { readSettings, type SettingsReader } from './read-settings.ts';
import { tracingProblems } from './tracing-problems.ts';
import { pollDefaults } from './watch/poll-defaults.ts';

/** Settings of one gateway, parsed once. Units are in the names. The names of the variables are a stable contract. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** `undefined`: the embedded sandbox. */
  readonly upstream: { readonly couponApiUrl: string; readonly tokenApiUrl: string } | undefined;
  /** Set: the gateway fetches tokens itself. `undefined`: the caller's token is passed on. */
  readonly client: { readonly key: string; readonly secret: string } | undefined;
  readonly maxFileBytes: number;
  readonly uploadIdleTimeoutMs: number;
  readonly maxUploads: number;
  readonly maxUploadsPerCredential: number;
  /** Rows that are searched for duplicates, in all files at once; each takes 8 bytes. */
  readonly maxDuplicateSearchRows: number;
  readonly upstreamTimeoutMs: number;
  /** From the last byte of an upload to upstream's answer. */
  readonly uploadAnswerTimeoutMs: number;
  readonly pollMinIntervalMs: number;
  readonly pollMaxIntervalMs: number;
  readonly pollBudgetPerMinute: number;
  readonly maxSubscriptionsPerCredential: number;
  readonly redisUrl: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Host names without ports, as a URL spells them. Empty: every host is served. */
  readonly allowedHosts: readonly string[];
  /** Whether traces are made. Where they go is read by the OpenTelemetry SDK itself. */
  readonly tracing: boolean;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly documentLimits: DocumentLimits;
  /**
   * `undefined`: there is no list of documents. `path` is a JSON file of documents by id; `only`: nothing
   * else is executed.
   */
  readonly persistedDocuments: { readonly path: string; readonly only: boolean } | undefined;
  readonly logLevel: LogLevel;
}

/** Reports every wrong setting at once, with the value found. Never quotes a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the settings from environment variables; an empty variable counts as unset. Throws `ConfigError`.
 * Defaults: the table in README, "Settings".
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const settings = readSettings(env);
  const { text, integer, oneOf, flag, url, problems } = settings;
  const config: Config = {
    upstream: readUpstream(settings),
    client: readClient(settings),
    corsOrigins: readOrigins(settings),
    allowedHosts: readHosts(settings),
    persistedDocuments: readDocumentList(settings),
    ...readPolling(settings),
    ...readUploadPlaces(settings),
    ...readTimeouts(settings),
    tracing: readTracing(settings),
    port: integer('PORT', 4000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    maxFileBytes: integer('MAX_FILE_BYTES', 5 * 1024 ** 3, 1),
    maxDuplicateSearchRows: integer('MAX_DUPLICATE_SEARCH_ROWS', 5_000_000, 1, 100_000_000),
    maxSubscriptionsPerCredential: integer('MAX_SUBSCRIPTIONS_PER_CREDENTIAL', 10_000, 1),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    graphiql: flag('GRAPHIQL', true),
    introspection: flag('INTROSPECTION', true),
    documentLimits: {
      maxTokens: integer('MAX_QUERY_TOKENS', 5_000, 1),
      maxDepth: integer('MAX_QUERY_DEPTH', 10, 1),
      maxAliases: integer('MAX_QUERY_ALIASES', 100, 0),
      maxDirectives: integer('MAX_QUERY_DIRECTIVES', 50, 0),
      maxCost: integer('MAX_QUERY_COST', 50_000, 1),
    },
    logLevel: oneOf('LOG_LEVEL', logLevels, 'info'),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readUpstream({ text, oneOf, url, problems }: SettingsReader): Config['upstream'] {
  const cluster = text('CAPILLARY_CLUSTER')
    ? clusters[oneOf('CAPILLARY_CLUSTER', Object.keys(clusters) as Cluster[], 'eu')]
    : undefined;
  const couponApiUrl = url('COUPON_API_URL', ['http:', 'https:']) ?? cluster?.couponApiUrl;
  const tokenApiUrl = url('TOKEN_API_URL', ['http:', 'https:']) ?? cluster?.tokenApiUrl ?? couponApiUrl;
  if (!couponApiUrl && tokenApiUrl) problems.push('TOKEN_API_URL is set, but COUPON_API_URL is not');
  return couponApiUrl && tokenApiUrl ? { couponApiUrl, tokenApiUrl } : undefined;
}

function readClient({ text, problems }: SettingsReader): Config['client'] {
  const key = text('CAPILLARY_CLIENT_KEY');
  const secret = text('CAPILLARY_CLIENT_SECRET');
  if (key && secret) return { key, secret };
  const [set, unset] = key ? ['KEY', 'SECRET'] : ['SECRET', 'KEY'];
  if (key || secret) problems.push(`CAPILLARY_CLIENT_${set} is set, but CAPILLARY_CLIENT_${unset} is not`);
  return undefined;
}

function readList({ text }: SettingsReader, name: string): string[] {
  return (text(name) ?? '').split(',').flatMap((entry) => entry.trim() || []);
}

function readOrigins(settings: SettingsReader): string[] {
  const origins = readList(settings, 'CORS_ORIGINS');
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*')) continue;
    settings.problems.push(
      `CORS_ORIGINS must list origins such as https://shop.example, but has "${origin}"`,
    );
  }
  return origins;
}

function readHosts(settings: SettingsReader): string[] {
  const hosts = readList(settings, 'ALLOWED_HOSTS').map((host) => host.toLowerCase());
  for (const host of hosts) {
    const address = `http://${host}/`;
    // A pattern would be taken for a name that nobody has, and every request be refused.
    if (URL.canParse(address) && new URL(address).hostname === host && !host.includes('*')) continue;
    settings.problems.push(
      `ALLOWED_HOSTS must list names without a port such as shop.example, but has "${host}"`,
    );
  }
  return hosts;
}

function readDocumentList({ text, flag, problems }: SettingsReader): Config['persistedDocuments'] {
  const path = text('PERSISTED_DOCUMENTS');
  const only = flag('PERSISTED_DOCUMENTS_ONLY', false);
  if (only && !path) problems.push('PERSISTED_DOCUMENTS_ONLY is true, but PERSISTED_DOCUMENTS is not set');
  return path ? { path, only } : undefined;
}

function readPolling({ integer, problems }: SettingsReader) {
  const { minIntervalMs, maxIntervalMs, budgetPerMinute } = pollDefaults;
  const pollMinIntervalMs = integer('POLL_MIN_INTERVAL_MS', minIntervalMs, 10, MAX_TIMER_MS);
  const longestMs = Math.max(maxIntervalMs, pollMinIntervalMs);
  const pollMaxIntervalMs = integer('POLL_MAX_INTERVAL_MS', longestMs, 10, MAX_TIMER_MS);
  if (pollMinIntervalMs > pollMaxIntervalMs) {
    problems.push(
      `POLL_MIN_INTERVAL_MS (${pollMinIntervalMs}) is above POLL_MAX_INTERVAL_MS (${pollMaxIntervalMs})`,
    );
  }
  const pollBudgetPerMinute = integer('POLL_BUDGET_PER_MINUTE', budgetPerMinute, 1);
  return { pollMinIntervalMs, pollMaxIntervalMs, pollBudgetPerMinute };
}

function readUploadPlaces({ integer, problems }: SettingsReader) {
  const maxUploads = integer('MAX_UPLOADS', 200, 1);
  const maxUploadsPerCredential = integer('MAX_UPLOADS_PER_CREDENTIAL', maxUploads, 1);
  if (maxUploadsPerCredential > maxUploads) {
    problems.push(
      `MAX_UPLOADS_PER_CREDENTIAL (${maxUploadsPerCredential}) is above MAX_UPLOADS (${maxUploads})`,
    );
  }
  return { maxUploads, maxUploadsPerCredential };
}

function readTimeouts({ integer }: SettingsReader) {
  const givenMs = integer('UPSTREAM_TIMEOUT_MS', 0, 1, MAX_TIMER_MS);
  return {
    uploadIdleTimeoutMs: integer('UPLOAD_IDLE_TIMEOUT_MS', 30_000, 1, MAX_TIMER_MS),
    upstreamTimeoutMs: givenMs || 15_000,
    uploadAnswerTimeoutMs: givenMs || 120_000,
  };
}

function readTracing({ text, url, problems }: SettingsReader): boolean {
  // Both are read, so that both are checked.
  const collectors = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].map((name) =>
    url(name, ['http:', 'https:']),
  );
  const noTraces =
    text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' ||
    text('OTEL_TRACES_EXPORTER')?.toLowerCase() === 'none';
  const tracing = !noTraces && collectors.some((collector) => collector !== undefined);
  // Not checked while no traces are made: such variables are often set for a whole cluster.
  if (tracing) problems.push(...tracingProblems(text));
  return tracing;
}

// Node fires a timer that is longer than this at once.
const MAX_TIMER_MS = 2 ** 31 - 1;

import { describe, expect, test } from 'vitest';
import { clusters } from '../src/capillary/clusters.ts';
import { ConfigError, parseConfig } from '../src/config.ts';
import { configProblems, settingNames } from './support/config-problems.ts';

type Env = Readonly<Record<string, string>>;

describe('A wrong setting', () => {
  test.each<{ env: Env; problem: string }>([
    { env: { PORT: 'http' }, problem: 'PORT must be a whole number from 0 to 65535, but is "http"' },
    { env: { PORT: '65536' }, problem: 'PORT must be a whole number from 0 to 65535, but is "65536"' },
    { env: { PORT: '-1' }, problem: 'PORT must be a whole number from 0 to 65535, but is "-1"' },
    { env: { PORT: '4e3' }, problem: 'PORT must be a whole number from 0 to 65535, but is "4e3"' },
    { env: { PORT: '0x50' }, problem: 'PORT must be a whole number from 0 to 65535, but is "0x50"' },
    { env: { MAX_FILE_BYTES: '0' }, problem: 'MAX_FILE_BYTES must be a whole number from 1 to ' },
    { env: { MAX_FILE_BYTES: '5 GiB' }, problem: 'but is "5 GiB"' },
    { env: { MAX_FILE_BYTES: '99999999999999999' }, problem: 'MAX_FILE_BYTES must be a whole number' },
    { env: { UPLOAD_IDLE_TIMEOUT_MS: '30s' }, problem: 'UPLOAD_IDLE_TIMEOUT_MS must be a whole number' },
    { env: { UPLOAD_IDLE_TIMEOUT_MS: '0' }, problem: 'UPLOAD_IDLE_TIMEOUT_MS must be a whole number' },
    { env: { UPLOAD_IDLE_TIMEOUT_MS: '2147483648' }, problem: 'from 1 to 2147483647' },
    { env: { UPSTREAM_TIMEOUT_MS: '0' }, problem: 'UPSTREAM_TIMEOUT_MS must be a whole number from 1' },
    { env: { UPSTREAM_TIMEOUT_MS: '2147483648' }, problem: 'from 1 to 2147483647' },
    { env: { POLL_MIN_INTERVAL_MS: '1' }, problem: 'POLL_MIN_INTERVAL_MS must be a whole number from 10' },
    { env: { POLL_MIN_INTERVAL_MS: '2147483648' }, problem: 'from 10 to 2147483647' },
    { env: { POLL_MAX_INTERVAL_MS: '1.5' }, problem: 'POLL_MAX_INTERVAL_MS must be a whole number from 10' },
    { env: { POLL_MAX_INTERVAL_MS: '2147483648' }, problem: 'from 10 to 2147483647' },
    {
      env: { PERSISTED_DOCUMENTS: 'x', PERSISTED_DOCUMENTS_ONLY: 'maybe' },
      problem: 'PERSISTED_DOCUMENTS_ONLY must be one of',
    },
    { env: { PERSISTED_DOCUMENTS_ONLY: 'true' }, problem: 'PERSISTED_DOCUMENTS is not set' },
    { env: { MAX_DUPLICATE_SEARCH_ROWS: '1e9' }, problem: 'MAX_DUPLICATE_SEARCH_ROWS must be' },
    { env: { MAX_UPLOADS: '0' }, problem: 'MAX_UPLOADS must be a whole number from 1 to' },
    { env: { MAX_SUBSCRIPTIONS_PER_CREDENTIAL: '-5' }, problem: 'MAX_SUBSCRIPTIONS_PER_CREDENTIAL must be' },
    { env: { MAX_QUERY_TOKENS: '0' }, problem: 'MAX_QUERY_TOKENS must be a whole number from 1 to' },
    { env: { MAX_QUERY_DEPTH: '0' }, problem: 'MAX_QUERY_DEPTH must be a whole number from 1 to' },
    { env: { MAX_QUERY_ALIASES: '-1' }, problem: 'MAX_QUERY_ALIASES must be a whole number from 0 to' },
    { env: { MAX_QUERY_DIRECTIVES: 'none' }, problem: 'MAX_QUERY_DIRECTIVES must be a whole number from 0' },
    { env: { MAX_QUERY_COST: '0' }, problem: 'MAX_QUERY_COST must be a whole number from 1 to' },
    { env: { POLL_BUDGET_PER_MINUTE: '0' }, problem: 'POLL_BUDGET_PER_MINUTE must be a whole number from 1' },
    {
      env: { CAPILLARY_CLUSTER: 'mars' },
      problem: 'CAPILLARY_CLUSTER must be one of eu, india, apac2, sea, us, ushc, china, but is "mars"',
    },
    { env: { CAPILLARY_CLUSTER: 'constructor' }, problem: 'CAPILLARY_CLUSTER must be one of' },
    { env: { LOG_LEVEL: 'loud' }, problem: 'LOG_LEVEL must be one of trace, debug, info, warn' },
    { env: { GRAPHIQL: 'yes' }, problem: 'GRAPHIQL must be one of true, false, 1, 0, but is "yes"' },
    { env: { INTROSPECTION: 'off' }, problem: 'INTROSPECTION must be one of true, false, 1, 0' },
    {
      env: { COUPON_API_URL: 'coupons.example' },
      problem: 'COUPON_API_URL must be an address starting with',
    },
    { env: { COUPON_API_URL: 'ftp://coupons.example' }, problem: 'COUPON_API_URL must be an address' },
    { env: { COUPON_API_URL: 'https://coupons.example/?tenant=1' }, problem: 'COUPON_API_URL must be' },
    { env: { COUPON_API_URL: 'https://coupons.example/#v1' }, problem: 'COUPON_API_URL must be' },
    { env: { COUPON_API_URL: 'https://u:p@coupons.example' }, problem: 'COUPON_API_URL must be' },
    {
      env: { COUPON_API_URL: 'https://coupons.example', TOKEN_API_URL: '//tokens' },
      problem: 'TOKEN_API_URL must be an address starting with http:// or https://',
    },
    { env: { REDIS_URL: 'localhost:6379' }, problem: 'REDIS_URL must be an address starting with redis:' },
    { env: { REDIS_URL: 'redis:6379' }, problem: 'REDIS_URL must be an address starting with redis://' },
    { env: { REDIS_URL: 'redis://cache/jobs' }, problem: 'REDIS_URL must name its database by a number' },
    { env: { REDIS_URL: 'redis://cache?db=x' }, problem: 'REDIS_URL must name its database by a number' },
    { env: { REDIS_URL: 'redis://' }, problem: 'REDIS_URL must be an address starting with redis://' },
    { env: { REDIS_URL: 'redis://:50%off@cache.example' }, problem: 'REDIS_URL has a user or a password' },
    { env: { REDIS_URL: 'https://cache.example' }, problem: 'REDIS_URL must be an address starting with' },
    { env: { CORS_ORIGINS: '*' }, problem: 'CORS_ORIGINS must list origins such as' },
    { env: { CORS_ORIGINS: 'https://*.shop.example' }, problem: 'but has "https://*.shop.example"' },
    { env: { CORS_ORIGINS: 'https://shop.example/' }, problem: 'but has "https://shop.example/"' },
    { env: { CORS_ORIGINS: 'https://a.example b.example' }, problem: 'CORS_ORIGINS must list origins' },
    { env: { CORS_ORIGINS: 'https://a.example, null' }, problem: 'but has "null"' },
    { env: { ALLOWED_HOSTS: 'https://a.example' }, problem: 'but has "https://a.example"' },
    { env: { ALLOWED_HOSTS: '*' }, problem: 'ALLOWED_HOSTS must list names without a port' },
    { env: { ALLOWED_HOSTS: '*.example' }, problem: 'but has "*.example"' },
    { env: { ALLOWED_HOSTS: 'a.example:4000' }, problem: 'ALLOWED_HOSTS must list names without a port' },
  ])('$env is told as: $problem', ({ env, problem }) => {
    expect(configProblems(env)).toEqual([expect.stringContaining(problem)]);
  });

  test.each<{ name: string; env: Env; problem: string }>([
    {
      name: 'a host for tokens and none for coupons',
      env: { TOKEN_API_URL: 'https://tokens.example' },
      problem: 'TOKEN_API_URL is set, but COUPON_API_URL is not',
    },
    {
      name: 'a key without its secret',
      env: { CAPILLARY_CLIENT_KEY: 'the-key' },
      problem: 'CAPILLARY_CLIENT_KEY is set, but CAPILLARY_CLIENT_SECRET is not',
    },
    {
      name: 'a secret without its key',
      env: { CAPILLARY_CLIENT_SECRET: 'hush', CAPILLARY_CLIENT_KEY: ' ' },
      problem: 'CAPILLARY_CLIENT_SECRET is set, but CAPILLARY_CLIENT_KEY is not',
    },
    {
      name: 'more uploads of one token than of all',
      env: { MAX_UPLOADS: '5', MAX_UPLOADS_PER_CREDENTIAL: '6' },
      problem: 'MAX_UPLOADS_PER_CREDENTIAL (6) is above MAX_UPLOADS (5)',
    },
    {
      name: 'a shortest interval above the longest',
      env: { POLL_MIN_INTERVAL_MS: '5000', POLL_MAX_INTERVAL_MS: '4000' },
      problem: 'POLL_MIN_INTERVAL_MS (5000) is above POLL_MAX_INTERVAL_MS (4000)',
    },
  ])('contradicts another: $name', ({ env, problem }) => {
    expect(configProblems(env)).toEqual([problem]);
  });

  test('does not hide the others: all are told at once', () => {
    const env = {
      PORT: 'x',
      GRAPHIQL: 'maybe',
      CAPILLARY_CLIENT_KEY: 'k',
      CORS_ORIGINS: 'a,b',
      LOG_LEVEL: '9',
    };
    const problems = configProblems(env);
    const names = ['PORT', 'GRAPHIQL', 'CAPILLARY_CLIENT_KEY', '"a"', '"b"', 'LOG_LEVEL'];
    for (const name of names) expect(problems.filter((problem) => problem.includes(name))).toHaveLength(1);
    expect(problems).toHaveLength(names.length);
    expect(new ConfigError(problems).message.split('\n')).toEqual([
      'Wrong settings:',
      ...problems.map((problem) => `  - ${problem}`),
    ]);
  });

  test('never quotes a secret', () => {
    const [key, secret, password] = ['key-0451', 'hush-0451', 'pass-0451'];
    const told = [
      ...configProblems({ CAPILLARY_CLIENT_KEY: key, REDIS_URL: `http://:${password}@cache.example` }),
      ...configProblems({ CAPILLARY_CLIENT_SECRET: secret, REDIS_URL: `:${password}@cache.example` }),
      ...configProblems({ REDIS_URL: `redis://:${password}%@cache.example` }),
      ...configProblems({ COUPON_API_URL: `https://u:${password}@coupons.example`, PORT: 'x' }),
    ];
    expect(told).toHaveLength(7);
    expect(told.join()).not.toContain('0451');
  });
});

describe('Settings', () => {
  const defaults = {
    port: 4000,
    host: '127.0.0.1',
    upstream: undefined,
    client: undefined,
    maxFileBytes: 5 * 1024 ** 3,
    uploadIdleTimeoutMs: 30_000,
    upstreamTimeoutMs: 15_000,
    uploadAnswerTimeoutMs: 120_000,
    pollMinIntervalMs: 1_000,
    pollMaxIntervalMs: 15_000,
    pollBudgetPerMinute: 60,
    redisUrl: undefined,
    corsOrigins: [],
    allowedHosts: [],
    tracing: false,
    graphiql: true,
    introspection: true,
    maxUploads: 200,
    maxUploadsPerCredential: 200,
    maxDuplicateSearchRows: 5_000_000,
    persistedDocuments: undefined,
    maxSubscriptionsPerCredential: 10_000,
    documentLimits: { maxTokens: 5_000, maxDepth: 10, maxAliases: 100, maxDirectives: 50, maxCost: 50_000 },
    logLevel: 'info',
  };

  test('are not needed: everything has a default', () => {
    expect(parseConfig({})).toEqual(defaults);
  });

  test('that are empty count as unset', () => {
    const names = settingNames();
    expect(names.length).toBeGreaterThan(30);
    for (const empty of ['', '  ']) {
      expect(parseConfig(Object.fromEntries(names.map((name) => [name, empty])))).toEqual(defaults);
    }
  });

  test.each<{ env: Env; expected: object }>([
    { env: { PORT: '0' }, expected: { port: 0 } },
    { env: { PORT: ' 8080 ' }, expected: { port: 8080 } },
    { env: { HOST: '::' }, expected: { host: '::' } },
    { env: { MAX_FILE_BYTES: '9007199254740991' }, expected: { maxFileBytes: Number.MAX_SAFE_INTEGER } },
    { env: { UPLOAD_IDLE_TIMEOUT_MS: '1' }, expected: { uploadIdleTimeoutMs: 1 } },
    {
      env: { UPSTREAM_TIMEOUT_MS: '2500' },
      expected: { upstreamTimeoutMs: 2_500, uploadAnswerTimeoutMs: 2_500 },
    },
    {
      env: { POLL_MIN_INTERVAL_MS: '20000' },
      expected: { pollMinIntervalMs: 20_000, pollMaxIntervalMs: 20_000 },
    },
    {
      env: { POLL_MAX_INTERVAL_MS: '1000' },
      expected: { pollMinIntervalMs: 1_000, pollMaxIntervalMs: 1_000 },
    },
    { env: { POLL_BUDGET_PER_MINUTE: '1000' }, expected: { pollBudgetPerMinute: 1_000 } },
    {
      env: { REDIS_URL: 'rediss://:pass@cache.example:6380/2' },
      expected: { redisUrl: 'rediss://:pass@cache.example:6380/2' },
    },
    {
      env: { ALLOWED_HOSTS: 'Shop.example, [::1],' },
      expected: { allowedHosts: ['shop.example', '[::1]'] },
    },
    {
      env: { CORS_ORIGINS: 'https://shop.example, http://localhost:3000,' },
      expected: { corsOrigins: ['https://shop.example', 'http://localhost:3000'] },
    },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, expected: { tracing: true } },
    {
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces', OTEL_SDK_DISABLED: 'false' },
      expected: { tracing: true },
    },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'TRUE' }, expected: {} },
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_EXPORTER: 'none' }, expected: {} },
    { env: { GRAPHIQL: 'false' }, expected: { graphiql: false } },
    { env: { GRAPHIQL: '1', INTROSPECTION: '0' }, expected: { graphiql: true, introspection: false } },
    {
      env: { MAX_QUERY_ALIASES: '0', MAX_QUERY_COST: '9' },
      expected: { documentLimits: { ...defaults.documentLimits, maxAliases: 0, maxCost: 9 } },
    },
    {
      env: { PERSISTED_DOCUMENTS: 'a.json' },
      expected: { persistedDocuments: { path: 'a.json', only: false } },
    },
    {
      env: { PERSISTED_DOCUMENTS: 'a.json', PERSISTED_DOCUMENTS_ONLY: '1' },
      expected: { persistedDocuments: { path: 'a.json', only: true } },
    },
    { env: { MAX_UPLOADS: '1' }, expected: { maxUploads: 1, maxUploadsPerCredential: 1 } },
    { env: { MAX_UPLOADS_PER_CREDENTIAL: '7' }, expected: { maxUploads: 200, maxUploadsPerCredential: 7 } },
    { env: { MAX_DUPLICATE_SEARCH_ROWS: '9' }, expected: { maxDuplicateSearchRows: 9 } },
    { env: { MAX_SUBSCRIPTIONS_PER_CREDENTIAL: '3' }, expected: { maxSubscriptionsPerCredential: 3 } },
    { env: { INTROSPECTION: 'FALSE' }, expected: { introspection: false } },
    { env: { LOG_LEVEL: 'Debug' }, expected: { logLevel: 'debug' } },
    {
      env: { CAPILLARY_CLIENT_KEY: ' k ', CAPILLARY_CLIENT_SECRET: 's' },
      expected: { client: { key: 'k', secret: 's' } },
    },
    {
      env: { COUPON_API_URL: 'https://one.example/base/' },
      expected: {
        upstream: { couponApiUrl: 'https://one.example/base', tokenApiUrl: 'https://one.example/base' },
      },
    },
    {
      env: { COUPON_API_URL: 'https://one.example', TOKEN_API_URL: 'http://two.example:8080//' },
      expected: {
        upstream: { couponApiUrl: 'https://one.example', tokenApiUrl: 'http://two.example:8080' },
      },
    },
    {
      env: { CAPILLARY_CLUSTER: 'EU', COUPON_API_URL: 'http://127.0.0.1:4010' },
      expected: {
        upstream: { couponApiUrl: 'http://127.0.0.1:4010', tokenApiUrl: clusters.eu.tokenApiUrl },
      },
    },
  ])('$env are read as $expected, and nothing else changes', ({ env, expected }) => {
    expect(parseConfig(env)).toEqual({ ...defaults, ...expected });
  });

  test.each(Object.entries(clusters))('name the cluster %s by its hosts', (cluster, upstream) => {
    expect(parseConfig({ CAPILLARY_CLUSTER: cluster }).upstream).toEqual(upstream);
  });

  test('cannot be changed afterwards', () => {
    const config = parseConfig({});
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(config.port).toBe(4000);
  });
});

import { type Config, parseConfig } from '../../src/config.ts';
import { createGateway, type Gateway, type GatewayParts } from '../../src/gateway.ts';
import { createLogger } from '../../src/observe/create-logger.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/create-sandbox.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox-options.ts';
import { createInspector, type Inspector } from '../../src/upload/inspection/create-inspector.ts';

export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly sandbox: Sandbox;
  /** `http://127.0.0.1:<port>/graphql` */
  readonly url: string;
  readonly port: number;
  /** Lines that the gateway logged, as JSON texts. */
  readonly log: readonly string[];
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Partial<Config>;
  readonly sandbox?: SandboxOptions;
  /** Default: what makes a test quick. */
  readonly parts?: GatewayParts;
}

/** By how many rows they search. */
const inspectors = new Map<number | undefined, Inspector>();

const quick: GatewayParts = {
  /** One for all gateways of a test file: its thread takes a tenth of a second of a core to start. */
  openInspector(options) {
    const shared = inspectors.get(options?.maxRows) ?? createInspector(options);
    inspectors.set(options?.maxRows, shared);
    return { ...shared, close: async () => {} };
  },
  /** A tenth of those that a gateway takes. */
  lookPausesMs: [0, 50, 150],
};

/** A listening gateway before a listening sandbox; both are gone at the end of the block. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const sandbox = await createSandbox(options.sandbox ?? {});
  const log: string[] = [];
  const config = parseConfig({ PORT: '0', COUPON_API_URL: sandbox.url, LOG_LEVEL: 'debug', ...options.env });
  const logger = createLogger(config.logLevel, { write: (line: string) => void log.push(line) });
  const gateway = await createGateway({ ...config, ...options.config }, logger, options.parts ?? quick);
  return {
    gateway,
    sandbox,
    url: gateway.url,
    port: Number(new URL(gateway.url).port),
    log,
    async [Symbol.asyncDispose]() {
      await gateway.close(0);
      await sandbox.close();
    },
  };
}

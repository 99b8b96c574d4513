/** The public exports: a gateway inside your own process, and the sandbox to test a client against. */
export { type Config, ConfigError, parseConfig } from './config.ts';
export { createGateway, type Gateway } from './gateway.ts';
export type { LogLevel } from './log.ts';
export { createSandbox, type Sandbox } from './sandbox/create-sandbox.ts';
export type { SandboxOptions } from './sandbox/sandbox-options.ts';

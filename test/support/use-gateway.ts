import { afterAll, afterEach, beforeAll } from 'vitest';
import { assertClean } from './assert-clean.ts';
import { startGateway, type TestGateway, type TestGatewayOptions } from './start-gateway.ts';

/** One gateway for all tests of a file, or of a `describe`. After each it is held to be clean, and has no fault set. */
export function useGateway(options?: TestGatewayOptions): Omit<TestGateway, keyof AsyncDisposable> {
  let started: TestGateway;
  beforeAll(async () => {
    started = await startGateway(options);
  });
  afterEach(async () => {
    started.sandbox.faults.clear();
    await assertClean(started);
  });
  afterAll(() => started[Symbol.asyncDispose]());
  return {
    get gateway() {
      return started.gateway;
    },
    get sandbox() {
      return started.sandbox;
    },
    get url() {
      return started.url;
    },
    get port() {
      return started.port;
    },
    get log() {
      return started.log;
    },
  };
}

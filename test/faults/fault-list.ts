import { existsSync } from 'node:fs';
import { hasRedisServer } from '../support/watch-redis-server.ts';
import { clientFaults } from './client-faults.ts';
import type { FaultCase, FaultSide } from './fault-case.ts';
import { gatewayFaults } from './gateway-faults.ts';
import { redisFaults } from './redis-faults.ts';
import { replicaFaults } from './replica-faults.ts';
import { tokenFaults } from './token-faults.ts';
import { upstreamFaults } from './upstream-faults.ts';
import { wayFaults } from './way-faults.ts';

/** A case and the heading under which its row stands. */
export interface SidedCase extends FaultCase {
  readonly side: FaultSide;
}

const always = () => true;
const isLinux = () => existsSync('/proc/self/fd');

/** Without a redis-server, and where a process' descriptors cannot be counted, some cases cannot be run. */
const sides: readonly (readonly [FaultSide, readonly FaultCase[], canRun: () => boolean])[] = [
  ['The client', clientFaults, always],
  ['The access token', tokenFaults, always],
  ['The way to Capillary', wayFaults, isLinux],
  ['Capillary', upstreamFaults, always],
  ['The gateway itself', gatewayFaults, isLinux],
  ['Redis', redisFaults, hasRedisServer],
  ['Two gateways and one key', replicaFaults, hasRedisServer],
];

/** All that can be run on this machine, in the order of the table. */
export function faultCases(): SidedCase[] {
  return sides.flatMap(([side, faults, canRun]) =>
    canRun() ? faults.map((fault) => ({ ...fault, side })) : [],
  );
}

import { deferred } from '../../flow/deferred.ts';
import type { CallName } from '../http/find-route.ts';
import type { Fault, FaultRule } from './fault.ts';

/** How tests control faults. */
export interface SandboxFaults {
  /** Sets a rule. There is one for each call, or call and series: a new one replaces the old one. */
  set(rule: FaultRule): void;
  /**
   * Removes all rules. Hung requests are then read to their end, so that a client that gave up is noticed;
   * they stay unanswered.
   */
  clear(): void;
  /** The rules in force, with what is left of `times`. */
  list(): readonly FaultRule[];
}

/** The same, as the server uses it. */
export interface FaultSwitch extends SandboxFaults {
  /** Takes the fault of the next request to this call, which counts as used. */
  take(call: CallName, couponSeriesId?: string): Fault | undefined;
  /** Resolves at the next `clear`. */
  cleared(): Promise<void>;
}

/** Starts without a fault. */
export function createFaultSwitch(): FaultSwitch {
  const rules = new Map<string, FaultRule>();
  let clearance = deferred();

  return {
    set: (rule) => {
      rules.set(keyOf(rule.call, rule.couponSeriesId), rule);
    },
    clear: () => {
      rules.clear();
      clearance.resolve();
      clearance = deferred();
    },
    list: () => [...rules.values()],
    take: (call, couponSeriesId) => {
      const rule =
        rules.get(keyOf(call, couponSeriesId)) ??
        rules.get(keyOf('any', couponSeriesId)) ??
        rules.get(keyOf(call)) ??
        rules.get(keyOf('any'));
      if (rule?.times === undefined) return rule?.fault;
      const key = keyOf(rule.call, rule.couponSeriesId);
      if (rule.times <= 1) rules.delete(key);
      else rules.set(key, { ...rule, times: rule.times - 1 });
      return rule.times < 1 ? undefined : rule.fault;
    },
    cleared: () => clearance.promise,
  };
}

function keyOf(call: FaultRule['call'], couponSeriesId = ''): string {
  return `${call}:${couponSeriesId}`;
}

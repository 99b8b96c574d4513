import type { Fault, FaultRule } from './fault.ts';
import type { CallName } from './find-route.ts';

/** What tests do with faults. */
export interface SandboxFaults {
  /** One rule a call: a new one replaces the old one. */
  set(rule: FaultRule): void;
  /** Ends all rules. Hung requests are then read to their end, so that a client that gave up is noticed; they stay unanswered. */
  clear(): void;
  /** The rules in force, with what is left of `times`. */
  list(): readonly FaultRule[];
}

export interface FaultSwitch extends SandboxFaults {
  /** The fault of the next request to this call, counted as used. */
  take(call: CallName): Fault | undefined;
  /** Resolves at the next `clear`. */
  cleared(): Promise<void>;
}

/** Starts without a fault. */
export function createFaultSwitch(): FaultSwitch {
  const rules = new Map<string, FaultRule>();
  let tell: () => void = () => {};
  let next = clearance();

  function clearance(): Promise<void> {
    return new Promise((resolve) => {
      tell = resolve;
    });
  }

  return {
    set: (rule) => {
      rules.set(rule.call, rule);
    },
    clear: () => {
      rules.clear();
      tell();
      next = clearance();
    },
    list: () => [...rules.values()],
    take: (call) => {
      const rule = rules.get(call) ?? rules.get('any');
      if (rule?.times === undefined) return rule?.fault;
      if (rule.times <= 1) rules.delete(rule.call);
      else rules.set(rule.call, { ...rule, times: rule.times - 1 });
      return rule.times < 1 ? undefined : rule.fault;
    },
    cleared: () => next,
  };
}

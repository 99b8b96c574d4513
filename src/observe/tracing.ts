import type { LookUp } from '../caller-token.ts';
import { noSpan, type Span } from '../span.ts';

/** Where traces begin. */
export interface Tracing {
  /** What begins within it begins a new trace: for what no request has asked for, such as polls. */
  readonly root: Span;
  /** Begins the span of a request: of a new trace, or of the one that its headers name (W3C Trace Context). */
  begin(name: string, lookUp: LookUp): Span;
  /** Sends what is left, for two seconds at most. Never rejects. May be called twice. */
  close(): Promise<void>;
}

/** The default: traces nothing. */
export const noTracing: Tracing = { root: noSpan, begin: () => noSpan, close: async () => {} };

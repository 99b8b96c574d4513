import type { LookUp } from '../caller-token.ts';
import { noSpan, type Span } from './span.ts';

/** Where traces begin. */
export interface Tracing {
  /** A new trace, or the one that the caller's headers name (W3C Trace Context). */
  begin(name: string, what: 'request' | 'step', caller?: LookUp): Span;
  /** Sends what is left, for two seconds at most. Never rejects. May be called twice. */
  close(): Promise<void>;
}

/** The default: traces nothing. */
export const noTracing: Tracing = { begin: () => noSpan, close: async () => {} };

/** Attributes of a span; `undefined` is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One step of a trace. An interface of our own, so that the core knows no tracing library, and costs nothing
 * while nothing is traced.
 */
export interface Span {
  /** The id of the trace, for log lines. */
  readonly traceId?: string | undefined;
  /** Begins a step within this one. `call`: a request to somebody else. Whoever begins it ends it. */
  begin(name: string, what: 'step' | 'call', attributes?: SpanAttributes): Span;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** The headers of a call that is made within this span (W3C Trace Context). */
  headers(): Readonly<Record<string, string>>;
  /** `failure`: the code of the error that it ended with. The first call counts. */
  end(failure?: string): void;
}

const noHeaders = {};

/** The default: traces nothing. */
export const noSpan: Span = {
  begin: () => noSpan,
  rename() {},
  set() {},
  headers: () => noHeaders,
  end() {},
};

import {
  type Context,
  defaultTextMapSetter,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { LookUp } from '../caller-token.ts';
import type { Log } from '../log.ts';
import { noSpan, type Span, type SpanAttributes } from '../span.ts';
import { collectorCertificates } from './collector-certificates.ts';
import { tellOutages } from './tell-outages.ts';
import type { Tracing } from './tracing.ts';

/** Who hears of outages of the collector, and when. */
export interface OpenTelemetryOptions {
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** How long a connection to the collector may take to come about. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

const name = 'capillary-upload-gateway';
const propagator = new W3CTraceContextPropagator();
const getter = { get: (lookUp: LookUp, key: string) => lookUp(key) ?? undefined, keys: () => [] };
const closeTimeoutMs = 2_000;
const kinds = { step: SpanKind.INTERNAL, call: SpanKind.CLIENT };

/**
 * Traces by OpenTelemetry, sent as OTLP over HTTP. The SDK reads its own standard variables: where to send,
 * with which headers, how many traces are sampled and how large the queue is; a full queue drops what comes.
 * Nothing global is set, so two gateways in one process do not mix. Whoever makes it closes it.
 */
export function createOpenTelemetry({ log, connectTimeoutMs = 10_000 }: OpenTelemetryOptions): Tracing {
  // The SDK's own timeout begins only with the connection: where packets are dropped, the system waits two minutes.
  const exporter = new OTLPTraceExporter({
    httpAgentOptions: { keepAlive: true, timeout: connectTimeoutMs, ...collectorCertificates() },
  });
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': name }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(tellOutages(exporter, log))],
  });
  const tracer = provider.getTracer(name);

  function start(title: string, kind: SpanKind, within: Context, attributes: SpanAttributes = {}): Span {
    return wrap(tracer.startSpan(title, { kind, attributes: known(attributes) }, within), within);
  }

  function wrap(span: OtelSpan, within: Context): Span {
    const own = trace.setSpan(within, span);
    let ended = false;
    return {
      traceId: span.spanContext().traceId,
      begin: (title, what, attributes) => start(title, kinds[what], own, attributes),
      rename: (title) => void span.updateName(title),
      set: (attributes) => void span.setAttributes(known(attributes)),
      headers() {
        const headers: Record<string, string> = {};
        propagator.inject(own, headers, defaultTextMapSetter);
        return headers;
      },
      end(failure) {
        if (ended) return;
        ended = true;
        if (failure !== undefined) {
          span
            .setAttribute('error.type', failure)
            .setStatus({ code: SpanStatusCode.ERROR, message: failure });
        }
        span.end();
      },
    };
  }

  return {
    root: {
      ...noSpan,
      begin: (title, what, attributes) => start(title, kinds[what], ROOT_CONTEXT, attributes),
    },
    begin: (title, lookUp) => start(title, SpanKind.SERVER, propagator.extract(ROOT_CONTEXT, lookUp, getter)),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, closeTimeoutMs);
      });
      // A collector that is away was logged when it went away.
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
      clearTimeout(timer);
    },
  };
}

function known(attributes: SpanAttributes): Record<string, string | number | boolean> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string | number | boolean>;
}

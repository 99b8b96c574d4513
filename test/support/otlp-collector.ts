import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { listen } from './listen.ts';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** `''` for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'other';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  /** Of the process that made it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface OtlpCollector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Every body as it came. */
  readonly bodies: readonly Buffer[];
  readonly headers: readonly IncomingHttpHeaders[];
  /** Where each body was sent to. */
  readonly paths: readonly string[];
}

export interface CollectorOptions {
  /** Answers nothing before. */
  readonly until?: Promise<void>;
  /** A certificate with its key, as PEM: the collector then speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A collector of traces that takes OTLP over HTTP in protobuf, as the OpenTelemetry protocol has it. */
export async function startOtlpCollector({ tls, until }: CollectorOptions = {}): Promise<OtlpCollector> {
  const bodies: Buffer[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const paths: string[] = [];
  const spans: CollectedSpan[] = [];
  const take: RequestListener = (req, res) => {
    void buffer(req).then(async (sent) => {
      await until;
      const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      headers.push(req.headers);
      paths.push(req.url ?? '');
      bodies.push(body);
      spans.push(...readSpans(body));
      res.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  };
  const server = tls ? createTlsServer(tls, take) : createServer(take);
  const listening = await listen(server);
  return {
    url: `${tls ? 'https' : 'http'}://${listening.host}`,
    ...{ spans, bodies, headers, paths },
    [Symbol.asyncDispose]: listening[Symbol.asyncDispose],
  };
}

/** Field numbers: opentelemetry-proto, trace.proto and common.proto. */
function readSpans(body: Buffer): CollectedSpan[] {
  return all(readFields(body), 1).flatMap((resourceSpans) => {
    const fields = readFields(resourceSpans);
    const resource = attributes(all(readFields(all(fields, 1)[0] ?? Buffer.alloc(0)), 1));
    const scopes = all(fields, 2).flatMap((scope) => all(readFields(scope), 2));
    return scopes.map((span) => readSpan(readFields(span), resource));
  });
}

const kinds: Record<number, CollectedSpan['kind']> = { 1: 'internal', 2: 'server', 3: 'client' };

function readSpan(fields: readonly Field[], resource: CollectedSpan['resource']): CollectedSpan {
  const bytes = (number: number) => all(fields, number)[0] ?? Buffer.alloc(0);
  const numbers = (number: number) => fields.find((field) => field.number === number)?.value;
  return {
    traceId: bytes(1).toString('hex'),
    spanId: bytes(2).toString('hex'),
    parentSpanId: bytes(4).toString('hex'),
    name: bytes(5).toString(),
    kind: kinds[Number(numbers(6))] ?? 'other',
    attributes: attributes(all(fields, 9)),
    failed: readFields(bytes(15)).some(({ number, value }) => number === 3 && value === 2n),
    resource,
  };
}

function attributes(pairs: readonly Buffer[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const fields = readFields(pair);
      const [value] = readFields(all(fields, 2)[0] ?? Buffer.alloc(0));
      return [String(all(fields, 1)[0]), plain(value)];
    }),
  );
}

function plain(field: Field | undefined): unknown {
  if (field === undefined) return undefined;
  if (Buffer.isBuffer(field.value)) return field.value.toString();
  return field.number === 2 ? field.value === 1n : Number(field.value);
}

interface Field {
  readonly number: number;
  readonly value: Buffer | bigint;
}

function all(fields: readonly Field[], number: number): Buffer[] {
  return fields.flatMap((field) =>
    field.number === number && Buffer.isBuffer(field.value) ? field.value : [],
  );
}

/** The wire format of protobuf: varints, 64 and 32 bits, and what is as long as it says. */
function readFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const number = key >> 3;
    const type = key & 7;
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 2) {
      const length = Number(varint());
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    } else {
      const isLong = type === 1;
      fields.push({ number, value: isLong ? message.readBigUInt64LE(at) : BigInt(message.readUInt32LE(at)) });
      at += isLong ? 8 : 4;
    }
  }
  return fields;
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP connection that says exactly what it is told. Disposing cuts it. */
export interface RawConnection extends Disposable {
  readonly socket: Socket;
  /** Resolves once the bytes have left this process; rejects when the connection broke. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Reads one answer. Before that nothing is read at all. Rejects when the connection ends within the answer. */
  answer(): Promise<RawAnswer>;
  /** Resolves when the other side has closed the connection, or broken it. */
  closed(): Promise<void>;
}

export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  // Paused before it is connected: not one byte is read ahead.
  socket.pause();
  await once(socket, 'connect');
  // Whoever waits hears of it there.
  socket.on('error', () => {});
  return {
    socket,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    answer: () => readAnswer(socket),
    async closed() {
      socket.resume();
      if (!socket.readableEnded && !socket.destroyed) {
        await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
      }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

async function readAnswer(socket: Socket): Promise<RawAnswer> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received = Buffer.concat([received, chunk as Buffer]);
    const answer = parseAnswer(received, false);
    if (answer) return answer;
  }
  const answer = parseAnswer(received, true);
  if (answer) return answer;
  throw new Error(`The connection ended after ${received.length} bytes of an answer.`);
}

function parseAnswer(received: Buffer, ended: boolean): RawAnswer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  // An interim answer that may come before any other; 100 is left to those who asked for it.
  if (statusLine.split(' ')[1] === '102') return parseAnswer(received.subarray(headEnd + 4), ended);
  const status = Number(statusLine.split(' ')[1]);
  // A 204 ends with its head (RFC 9112, 6.3).
  const body = status === 204 ? '' : readBody(received.subarray(headEnd + 4), headers, ended);
  return body === undefined ? undefined : { status, headers, body: body.toString() };
}

function readBody(rest: Buffer, headers: Record<string, string>, ended: boolean): Buffer | undefined {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(rest);
  const length = headers['content-length'];
  if (length === undefined) return ended || headers['connection'] === undefined ? rest : undefined;
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16);
    if (lineEnd < 0 || rest.length < lineEnd + size + 4) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + size + 4;
  }
}

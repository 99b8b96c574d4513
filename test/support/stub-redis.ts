import { createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** Greets as Redis does, and answers each command with what `answerTo` says of its name, in lower case. */
export async function startStubRedis(
  answerTo: (command: string) => string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).setEncoding('latin1');
    socket.on('data', (text: string) => {
      for (const [, command = ''] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
        socket.write(answerTo(command));
    });
  });
  const listening = await listen(server);
  return {
    url: `redis://${listening.host}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await listening[Symbol.asyncDispose]();
    },
  };
}

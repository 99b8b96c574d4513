/**
 * Listens on a free port and says so on stdout, as the bench waits for it.
 * @param {import('node:http').Server} server
 */
export function sayReady(server) {
  // Node's own limit on a whole request is 300 s: nobody is to be cut by that.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}/graphql` })}\n`);
  });
}

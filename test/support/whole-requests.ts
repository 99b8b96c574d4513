import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';
import type { LoggedRequest } from '../../src/sandbox/requests/logged-request.ts';

/**
 * Those of upstream's requests from the place `from` on of which it has seen the closing boundary. Waits until each of them is
 * over: before, one could still come to its end.
 */
export async function wholeRequests({ requests }: Sandbox, from = 0): Promise<readonly LoggedRequest[]> {
  const over = await Promise.all(requests.slice(from).map(({ done }) => done));
  return over.filter(({ complete }) => complete);
}

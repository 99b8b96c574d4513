import type { IncomingHttpHeaders } from 'node:http';
import { parseUrl } from './parse-url.ts';

/**
 * Whether a request is for one of these hosts, on any port; without any, each host is. A page may have the name that it came
 * from lead to our address (DNS rebinding): then it is of our own origin for its browser, and only the name tells.
 */
export function isAllowedHost({ host = '' }: IncomingHttpHeaders, allowedHosts: readonly string[]): boolean {
  return allowedHosts.length === 0 || allowedHosts.includes(parseUrl(`http://${host}/`)?.hostname ?? '');
}

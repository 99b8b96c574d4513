import type { IncomingHttpHeaders } from 'node:http';
import { parseUrl } from './parse-url.ts';

/**
 * Whether a request is for one of these hosts, on any port; an empty list allows every host. A page can make
 * the name that it came from resolve to our address (DNS rebinding): its browser then takes us for the page's
 * own origin, and only the name gives it away.
 */
export function isAllowedHost({ host = '' }: IncomingHttpHeaders, allowedHosts: readonly string[]): boolean {
  return allowedHosts.length === 0 || allowedHosts.includes(parseUrl(`http://${host}/`)?.hostname ?? '');
}

import type { IncomingMessage } from 'node:http';
import { parseUrl } from './parse-url.ts';

/**
 * The path of a request, without its query. An absolute-form target (RFC 9112, 3.2.2) is rewritten to a path
 * in the request. `undefined` when the target or the `Host` header is malformed: a 400.
 */
export function requestPath(req: IncomingMessage): string | undefined {
  const { host } = req.headers;
  // With two, a proxy in front of us may have looked at the other one (RFC 9112, 3.2).
  const hosts = req.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && req.httpVersion === '1.1')) return undefined;
  // Yoga makes a URL of the host: one that does not parse would be answered with a stack trace, and one that
  // holds a path would change the path.
  if (host !== undefined && (/[\s/\\?#@]/.test(host) || !parseUrl(`http://${host}/`))) return undefined;
  let target = req.url ?? '/';
  if (!target.startsWith('/')) {
    const url = /^https?:\/\//i.test(target) ? parseUrl(target) : undefined;
    if (!url) return undefined;
    target = url.pathname + url.search;
  }
  // Two slashes would be read as a host name.
  req.url = target.replace(/^\/{2,}/, '/');
  if (!parseUrl(req.url, 'http://localhost')) return undefined;
  return req.url.split('?', 1)[0];
}

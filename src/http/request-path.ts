import type { IncomingMessage } from 'node:http';
import { parseUrl } from './parse-url.ts';

/**
 * The path without its query, also out of an absolute-form target (RFC 9112, 3.2.2), which is rewritten in the request.
 * `undefined` when the target or the `Host` header is malformed: a 400.
 */
export function requestPath(req: IncomingMessage): string | undefined {
  const { host } = req.headers;
  // Of two, one in front of us may have looked at the other (RFC 9112, 3.2).
  const hosts = req.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && req.httpVersion === '1.1')) return undefined;
  // Yoga makes a URL of it: what does not parse would be answered with a stack trace, what holds a path moves its own.
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

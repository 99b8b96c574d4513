/** One HTTP answer, read to its end and not yet understood. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Names in lower case, as undici and `node:http` give them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Secrets that the request carried: no error may repeat them, should upstream echo one. Default: none. */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * The headers that ask upstream for what can be read here. Without the second any encoding would be
 * acceptable (RFC 9110, 12.5.3), and a proxy in front of upstream might compress.
 */
export const wantedAnswer = { accept: 'application/json', 'accept-encoding': 'identity' } as const;

/** The first value of a header, or `undefined`. */
export function answerHeader(answer: Pick<UpstreamAnswer, 'headers'>, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

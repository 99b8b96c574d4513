import { type GraphQLParams, multipartParts } from './multipart-parts.ts';
import { shellQuote } from './shell-quote.ts';

/** The request that the command sends. */
export interface CurlOptions extends GraphQLParams {
  /** Absolute. */
  readonly url: string;
  /** What the request carries besides the token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a token is sent. Its text is never in the command, which reads it from `$CAPILLARY_TOKEN`. */
  readonly hasToken: boolean;
  readonly isSubscription: boolean;
  /** File names and their places in the variables. */
  readonly files: readonly { readonly path: string; readonly name: string }[];
}

/** The request as a curl command for a POSIX shell. Files are named as they were chosen: run it in their folder. */
export function curlCommand(options: CurlOptions): string {
  const { url, headers, hasToken, isSubscription, files, query, operationName, variables } = options;
  const params = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
  const lines = [`curl ${isSubscription ? '-N ' : ''}${shellQuote(url)}`];
  const header = (text: string) => lines.push(`-H ${shellQuote(text)}`);
  // The only thing in double quotes: the shell must expand it.
  if (hasToken) lines.push('-H "x-cap-api-oauth-token: $CAPILLARY_TOKEN"');
  for (const [name, value] of Object.entries(headers)) {
    if (!secretHeaders.has(name.toLowerCase())) header(`${name}: ${value}`);
  }
  if (files.length > 0) {
    const parts = multipartParts(
      params,
      files.map(({ path, name }) => ({ path, file: name })),
    );
    header('graphql-require-preflight: 1');
    // --form-string, because -F would interpret a `;type=` or an `@` in the text.
    lines.push(`--form-string ${shellQuote(`operations=${parts.operations}`)}`);
    lines.push(`--form-string ${shellQuote(`map=${parts.map}`)}`);
    for (const [key, name] of parts.files) lines.push(`-F ${shellQuote(`${key}=@${fileWord(name)}`)}`);
  } else {
    if (isSubscription) header('accept: text/event-stream');
    header('content-type: application/json');
    lines.push(`--data-raw ${shellQuote(JSON.stringify(params))}`);
  }
  return lines.join(' \\\n  ');
}

const secretHeaders = new Set(['x-cap-api-oauth-token', 'authorization']);

/** curl splits the name of a file at `,` and `;` unless it is quoted. */
function fileWord(name: string): string {
  return /[",;\\]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name;
}

import type { GraphQLFault } from './graphql-result.ts';

/** An error for a person: what happened, and what to do. */
export interface Explanation {
  readonly title: string;
  readonly text: string;
  /** Where on the page the person can fix it. */
  readonly place?: 'token' | 'files';
}

/**
 * Explains an error by its code. `undefined` for errors that their own message explains best, such as a wrong query.
 */
export function explainFault(fault: GraphQLFault, hasToken: boolean): Explanation | undefined {
  const code = fault.extensions?.['code'];
  switch (code) {
    case 'UNAUTHENTICATED':
      return hasToken
        ? {
            title: 'Capillary refused the access token.',
            text: 'It may have expired: tokens last for minutes. Put a new one into “Access token”.',
            place: 'token',
          }
        : {
            title: 'An access token is needed.',
            text: 'Put a Capillary access token into “Access token” at the top, then try again.',
            place: 'token',
          };
    case 'FORBIDDEN':
      return {
        title: 'The access token may not do this.',
        text: 'Uploading needs write access to coupons, and reading jobs needs read access. Ask for a token with that scope.',
        place: 'token',
      };
    case 'RATE_LIMITED': {
      const seconds = fault.extensions?.['retryAfterSeconds'];
      const wait = typeof seconds === 'number' ? `in ${seconds} seconds` : 'in a minute';
      return { title: 'Too many calls, uploads or subscriptions.', text: `Try again ${wait}.` };
    }
    case 'UPSTREAM_UNAVAILABLE':
    case 'UPSTREAM_TIMEOUT':
    case 'UPSTREAM_INVALID_RESPONSE':
      return { title: 'Capillary did not answer as it should.', text: fault.message };
    case 'JOB_NOT_FOUND':
      return { title: 'There is no such job.', text: 'Check the id: the coupon series does not list it.' };
    case 'BAD_USER_INPUT':
      return { title: 'A value is not valid.', text: fault.message };
    case 'SHUTTING_DOWN':
      return { title: 'The gateway is restarting.', text: 'Try again in a few seconds.' };
    case 'UNREACHABLE':
      return { title: 'No connection.', text: fault.message };
    case 'UPLOAD_RUNNING':
      return { title: 'An upload is under way.', text: fault.message, place: 'files' };
    case 'UPLOADED_BEFORE':
      return { title: 'Uploaded already.', text: fault.message, place: 'files' };
    case 'BAD_HEADER':
      return { title: 'A header is not valid.', text: fault.message };
    case 'NOT_GRAPHQL':
      return { title: 'The answer is not from the gateway.', text: fault.message };
    case 'CANCELLED':
      return { title: 'Cancelled.', text: fault.message };
    case 'FILE_NOT_CHOSEN':
    case 'FILE_MISSING':
      return { title: 'A file is missing.', text: fault.message, place: 'files' };
    case 'FILE_CHANGED':
      return { title: 'The file is not the one that you chose.', text: fault.message, place: 'files' };
    default:
      return undefined;
  }
}

import type { RawAnswer } from '../support/raw-connection.ts';

interface Told {
  readonly data?: {
    readonly uploadCouponBatch?: { readonly __typename: string; readonly replayed?: boolean };
  };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** Of a client that has gone away, or whose connection was broken. */
export const noAnswer = 'no answer';

/** The member of `UploadResult` or the code of the error; `noAnswer` when the connection broke first. */
export async function answerWord(answer: Promise<RawAnswer>): Promise<string> {
  let text: string;
  try {
    text = (await answer).body;
  } catch {
    return noAnswer;
  }
  const { data, errors } = JSON.parse(text) as Told;
  const result = data?.uploadCouponBatch;
  if (result?.__typename === 'UploadAccepted' && result.replayed) return replayed;
  return result?.__typename ?? errors?.[0]?.extensions.code ?? text;
}

/** What a repeat is told that found the job. */
export const replayed = 'UploadAccepted, replayed';

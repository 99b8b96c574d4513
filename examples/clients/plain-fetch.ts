import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { fetchWithProgress, type ProgressInit } from './fetch-with-progress.ts';
import { dataOf } from './gateway-failure.ts';
import { FindJobDocument, type UploadCouponBatchInput, UploadCouponsDocument } from './generated/graphql.ts';
import { type Tokens, withRenewal } from './tokens.ts';
import { uploadForm } from './upload-form.ts';
import { type RetryOptions, uploadWithRetries } from './upload-with-retries.ts';

export interface PlainOptions {
  readonly url: string;
  readonly tokens: Tokens;
  /** Default: XMLHttpRequest in the shape of `fetch`, where there is one. */
  readonly fetch?: typeof fetchWithProgress;
}

/**
 * No client library at all: for an upload form it is enough. Subscriptions are for graphql-sse, which takes the same
 * documents. Rejects with `GatewayFailure`, or as `fetch` does.
 */
export function createPlainClient({ url, tokens, fetch = fetchWithProgress }: PlainOptions) {
  async function ask<TData, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    init: ProgressInit = {},
  ): Promise<TData> {
    const query = print(document);
    const { file } = variables;
    const isUpload = file instanceof File;
    const headers = {
      accept: 'application/graphql-response+json, application/json',
      'x-cap-api-oauth-token': await tokens.current(),
      // Lets a form in: pages of other origins cannot send this header unasked. The browser writes the form's own type.
      ...(isUpload ? { 'graphql-require-preflight': '1' } : { 'content-type': 'application/json' }),
    };
    const body = isUpload
      ? uploadForm({ query, variables: { ...variables, file } })
      : JSON.stringify({ query, variables });
    const response = await fetch(url, { ...init, method: 'POST', headers, body });
    return dataOf<TData>(await response.json());
  }

  return {
    upload(file: File, input: UploadCouponBatchInput, options: RetryOptions & ProgressInit = {}) {
      const { signal, onProgress } = options;
      const send = (keyed: UploadCouponBatchInput) =>
        withRenewal(tokens, async () => {
          const variables = { file, input: keyed };
          const data = await ask(UploadCouponsDocument, variables, { signal: signal ?? null, onProgress });
          return data.uploadCouponBatch;
        });
      return uploadWithRetries(input, send, options);
    },
    async findJob(id: string) {
      const { uploadJob } = await withRenewal(tokens, () => ask(FindJobDocument, { id }));
      return uploadJob;
    },
  };
}

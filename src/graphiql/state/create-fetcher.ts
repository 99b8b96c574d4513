import type { Fetcher } from '@graphiql/toolkit';
import { filesOfOperation, type PlacedFile } from '../files/files-of-operation.ts';
import { findOperation } from '../operation/find-operation.ts';
import { missingFile } from '../operation/missing-file.ts';
import { uploadSlots } from '../operation/upload-slots.ts';
import { explainFault } from '../request/explain-fault.ts';
import { failure, type GraphQLResult } from '../request/graphql-result.ts';
import type { GraphQLParams } from '../request/multipart-parts.ts';
import { sendOperation } from '../request/send-operation.ts';
import { subscribe } from '../request/subscribe.ts';
import { toObservable } from '../request/to-observable.ts';
import { tokenHeader } from '../request/token-header.ts';
import type { Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';
import type { RepeatGuard } from './repeat-guard.ts';
import type { RunUpload } from './run-upload.ts';

/** Where requests go, and what they are made of. */
export interface FetcherOptions {
  readonly url: string;
  readonly store: Store<ExplorerState>;
  readonly runUpload: RunUpload;
  readonly repeats: Pick<RepeatGuard, 'mustAsk'>;
}

/**
 * Sends what the editor runs: as JSON, as a multipart request when a file is bound to one of its variables,
 * or as a subscription.
 */
export function createFetcher({ url, store, runUpload, repeats }: FetcherOptions): Fetcher {
  const notice = ({ errors = [] }: GraphQLResult) => {
    const hasToken = store.get().token !== '';
    const told = errors.map((fault) => explainFault(fault, hasToken)).find((one) => one !== undefined);
    if (told) store.set({ notice: told, announcement: `${told.title} ${told.text}` });
  };

  return (request, { headers: own } = {}) => {
    const operation = findOperation(request.query, request.operationName);
    const params: GraphQLParams = {
      ...request,
      operationName: operation?.name?.value ?? request.operationName,
    };
    const { token, transport, schema, files, uploads, tab } = store.get();
    const headers = { ...tokenHeader(token), ...own };
    store.set({ notice: null });

    if (operation?.operation === 'subscription')
      return toObservable(({ next, end }) => {
        const told = (result: GraphQLResult) => {
          notice(result);
          next(result);
        };
        return subscribe(params, { next: told, end }, { url, headers, transport });
      });

    const slots = uploadSlots(operation, schema);
    const placed = filesOfOperation(files, tab, slots);
    const missing = missingFile(
      slots,
      placed.map(({ path }) => path),
      params.variables ?? {},
    );
    const isRunning = placed.length > 0 && uploads.some((one) => one.tab === tab);
    const refuse = () => {
      if (!areSendable(headers)) return badHeader;
      if (missing) return notChosen(missing.path);
      if (isRunning) return stillRunning;
      return placed.length > 0 && repeats.mustAsk(params, placed) ? uploadedBefore(placed) : undefined;
    };
    const refusal = refuse();
    return toObservable(({ next, end }) => {
      const finish = (result: GraphQLResult) => {
        notice(result);
        next(result);
        end();
      };
      if (refusal) {
        if (refusal !== badHeader) store.set({ wantedPanel: { title: 'Files' } });
        // Later, when GraphiQL has the function that ends this.
        queueMicrotask(() => finish(refusal));
        return () => {};
      }
      if (placed.length > 0) return runUpload(params, placed, { url, headers, finish });
      const controller = new AbortController();
      const { signal } = controller;
      void sendOperation(params, { url, headers, signal }).then((result) => {
        if (!signal.aborted) finish(result);
      });
      return () => controller.abort();
    });
  };
}

function notChosen(path: string): GraphQLResult {
  const message = `Nothing was sent: choose a file for $${path} in the Files panel first.`;
  return failure('FILE_NOT_CHOSEN', message);
}

function uploadedBefore(placed: readonly PlacedFile[]): GraphQLResult {
  const names = placed.map(({ file }) => file.name).join(', ');
  const message = `Nothing was sent: this page has uploaded ${names} with these variables already. Press play again to create one more job from it.`;
  return failure('UPLOADED_BEFORE', message);
}

/** A browser throws where it is given others, each way to send in its own way. */
function areSendable(headers: Readonly<Record<string, string>>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

const badHeader = failure(
  'BAD_HEADER',
  'Nothing was sent: look under “Headers” for a name or a value with characters that no header may hold.',
);

/** After a change of tabs the editor offers to run again what it has let go of. */
const stillRunning = failure(
  'UPLOAD_RUNNING',
  'Nothing was sent: wait for the upload of this tab, or cancel it first.',
);

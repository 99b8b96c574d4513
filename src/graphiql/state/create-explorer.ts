import type { Fetcher } from '@graphiql/toolkit';
import { sendOperation } from '../request/send-operation.ts';
import type { Settings } from '../request/settings.ts';
import { subscribe } from '../request/subscribe.ts';
import { tokenHeader } from '../request/token-header.ts';
import { createFetcher } from './create-fetcher.ts';
import { createStore, type Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';
import { type FileActions, fileActions } from './file-actions.ts';
import { type JobActions, jobActions } from './job-actions.ts';
import { keptJobs } from './kept-jobs.ts';
import type { KeptValues } from './kept-values.ts';
import { createRepeatGuard } from './repeat-guard.ts';
import { createRunUpload } from './run-upload.ts';
import { type TokenActions, tokenActions } from './token-actions.ts';

/** The page without its looks: what it knows, and what can be done. */
export interface Explorer extends FileActions, JobActions, TokenActions {
  readonly store: Store<ExplorerState>;
  readonly fetcher: Fetcher;
  /** The gateway's GraphQL address, absolute. */
  readonly url: string;
  /** The public token of the embedded sandbox; `null` when a real cluster is set. */
  readonly sandboxToken: string | null;
  /** True the first time that it is called with a name: what is guessed for a file is guessed once. */
  readonly isFirstGuess: (name: string) => boolean;
  readonly setTransport: (transport: ExplorerState['transport']) => void;
}

/** Puts the page together, and watches the jobs that were watched before. Lives as long as the page. */
export function createExplorer(settings: Settings, kept: KeptValues, origin: string): Explorer {
  const url = new URL('/graphql', origin).href;
  const keptToken = kept.read('token');
  const store = createStore<ExplorerState>({
    token: keptToken ?? settings.sandboxToken ?? '',
    isTokenKept: keptToken !== null,
    transport: kept.read('transport') === 'sse' ? 'sse' : 'websocket',
    tab: '',
    schema: null,
    files: [],
    uploads: [],
    outcomes: {},
    jobs: keptJobs(kept.read('jobs')),
    notice: settings.problem ?? null,
    announcement: '',
    wantedPanel: null,
  });
  const files = fileActions(store);
  const jobs = jobActions(store, kept, {
    subscribe(params, sink) {
      const { token, transport } = store.get();
      return subscribe(params, sink, { url, headers: tokenHeader(token), transport });
    },
    ask: (params) => sendOperation(params, { url, headers: tokenHeader(store.get().token) }),
  });
  const repeats = createRepeatGuard();
  const runUpload = createRunUpload(store, files, jobs, repeats);
  const fetcher = createFetcher({ url, store, runUpload, repeats });
  const guessed = new Set<string>();
  jobs.watchAgain();
  return {
    ...files,
    ...jobs,
    ...tokenActions(store, kept, jobs.watchAgain),
    store,
    fetcher,
    url,
    sandboxToken: settings.sandboxToken,
    isFirstGuess(name) {
      if (guessed.has(name)) return false;
      guessed.add(name);
      return true;
    },
    setTransport(transport) {
      store.set({ transport });
      kept.write('transport', transport === 'sse' ? 'sse' : null);
      jobs.watchAgain();
    },
  };
}

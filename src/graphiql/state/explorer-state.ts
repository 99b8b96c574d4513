import type { GraphQLSchema } from 'graphql';
import type { ChosenFile } from '../files/chosen-file.ts';
import type { WatchedJob } from '../jobs/watched-job.ts';
import type { Explanation } from '../request/explain-fault.ts';
import type { Transport } from '../request/subscribe.ts';
import type { UploadOutcome } from '../request/upload-outcome.ts';
import type { RunningUpload } from './running-upload.ts';

/** All that the page's parts share. The editor's own state is GraphiQL's. */
export interface ExplorerState {
  readonly token: string;
  /** Whether the token is kept in the browser's storage. */
  readonly isTokenKept: boolean;
  readonly transport: Transport;
  /** The id of the editor's tab; `''` until there is one. */
  readonly tab: string;
  readonly schema: GraphQLSchema | null;
  readonly files: readonly ChosenFile[];
  readonly uploads: readonly RunningUpload[];
  /** What the last upload of each tab came to. */
  readonly outcomes: Readonly<Record<string, readonly UploadOutcome[]>>;
  /** The newest first. */
  readonly jobs: readonly WatchedJob[];
  readonly notice: Explanation | null;
  /** Read out by screen readers. */
  readonly announcement: string;
  /** The panel to be opened; a new object each time. */
  readonly wantedPanel: { readonly title: string } | null;
}

import type { GraphiQLPlugin } from '@graphiql/react';
import { FilesPanel } from './files-panel.tsx';

/** GraphiQL's entry for the files panel. */
export const filesPlugin: GraphiQLPlugin = {
  title: 'Files',
  icon: () => (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d="M11 2H5.5A1.5 1.5 0 0 0 4 3.5v13A1.5 1.5 0 0 0 5.5 18h9a1.5 1.5 0 0 0 1.5-1.5V7zM11 2v5h5M10 15.5v-5m-2.2 2L10 10.3l2.2 2.2" />
    </svg>
  ),
  content: FilesPanel,
};

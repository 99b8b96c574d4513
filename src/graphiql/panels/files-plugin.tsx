import type { GraphiQLPlugin } from '@graphiql/react';
import { FilesPanel } from './files-panel.tsx';
import { PanelIcon } from './panel-icon.tsx';

/** GraphiQL's entry for the files panel. */
export const filesPlugin: GraphiQLPlugin = {
  title: 'Files',
  icon: () => (
    <PanelIcon path="M11 2H5.5A1.5 1.5 0 0 0 4 3.5v13A1.5 1.5 0 0 0 5.5 18h9a1.5 1.5 0 0 0 1.5-1.5V7zM11 2v5h5M10 15.5v-5m-2.2 2L10 10.3l2.2 2.2" />
  ),
  content: FilesPanel,
};

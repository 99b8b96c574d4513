import type { GraphiQLPlugin } from '@graphiql/react';
import { JobsPanel } from './jobs-panel.tsx';
import { PanelIcon } from './panel-icon.tsx';

/** GraphiQL's entry for the jobs panel. */
export const jobsPlugin: GraphiQLPlugin = {
  title: 'Jobs',
  icon: () => (
    <PanelIcon path="m2.5 5 1.4 1.4L6.5 3.6M2.5 10.4l1.4 1.4 2.6-2.8M3 16h3M9.5 5h8M9.5 10.5h8M9.5 16h8" />
  ),
  content: JobsPanel,
};

import type { JobPage } from '../jobs/job-page.ts';
import { jobCursor } from '../jobs/job-page.ts';
import { builder } from './builder.ts';

export const PageInfo = builder.objectRef<JobPage>('PageInfo').implement({
  description: 'Where a page of a connection stands in its list.',
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'True when more follow after `endCursor`.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'True when some stand before this page.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge; null on an empty page.',
      resolve: ({ jobs: [first] }) => first && jobCursor(first),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last edge: pass it as `after` for the next page. Null on an empty page.',
      resolve: ({ jobs }) => {
        const last = jobs.at(-1);
        return last && jobCursor(last);
      },
    }),
  }),
});

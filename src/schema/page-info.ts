import { type JobPage, jobCursor } from '../jobs/job-page.ts';
import { builder } from './builder.ts';

/** The page of a connection. Shareable: the Relay specification names this type, and other subgraphs have it too. */
export const PageInfo = builder.objectRef<JobPage>('PageInfo').implement({
  description: 'Whether there are more pages, and how to get them.',
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'True if there is more after `endCursor`.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'True if there is something before this page.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge. Null on an empty page.',
      resolve: ({ jobs: [first] }) => first && jobCursor(first),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last edge: pass it as `after` to get the next page. Null on an empty page.',
      resolve: ({ jobs }) => {
        const last = jobs.at(-1);
        return last && jobCursor(last);
      },
    }),
  }),
});

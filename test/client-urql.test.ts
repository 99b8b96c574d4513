import { createUrqlClient } from '../examples/clients/urql.ts';
import { describeUploads } from './support/upload-scenarios.ts';
import { describeWatching } from './support/watch-scenarios.ts';

describeUploads('urql', createUrqlClient);
describeWatching('urql', createUrqlClient);

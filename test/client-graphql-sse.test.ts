import { createSseClient } from '../examples/clients/graphql-sse.ts';
import { describeWatching } from './support/watch-scenarios.ts';

describeWatching('graphql-sse', createSseClient);

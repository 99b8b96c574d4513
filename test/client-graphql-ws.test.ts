import { WebSocket } from 'ws';
import { createWsClient } from '../examples/clients/graphql-ws.ts';
import { describeWatching } from './support/watch-scenarios.ts';

// Node 20 has no WebSocket of its own.
describeWatching('graphql-ws', (options) => createWsClient({ ...options, webSocket: WebSocket }));

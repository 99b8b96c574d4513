// What the browser's tests need of the examples, in one bundle.
export { createApolloClient } from '../../examples/clients/apollo.ts';
export { createSseClient } from '../../examples/clients/graphql-sse.ts';
export { createWsClient } from '../../examples/clients/graphql-ws.ts';
export { createPlainClient } from '../../examples/clients/plain-fetch.ts';
export { createTokens } from '../../examples/clients/tokens.ts';
export { createUrqlClient } from '../../examples/clients/urql.ts';

import SchemaBuilder from '@pothos/core';
import DirectivePlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { GatewayContext } from '../gateway-context.ts';
import type { IncomingFile } from '../upload/form/incoming-file.ts';

/** The types behind the schema, as Pothos wants to know them. */
export interface SchemaTypes {
  Context: GatewayContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Upload: { Input: IncomingFile; Output: never };
    DateTime: { Input: Date; Output: Date };
  };
}

/** The one builder: each file of this folder adds a noun to it, `schema.ts` joins them. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The federation plugin comes last: its documentation wants it after all plugins that wrap resolvers.
  plugins: [DirectivePlugin, FederationPlugin],
  defaultFieldNullability: false,
});

builder.queryType({ description: 'Reads upload jobs.' });
builder.mutationType({ description: 'Uploads coupon files.' });

import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for tests and examples, from the committed SDL: `npm run codegen`. */
const config: CodegenConfig = {
  schema: 'schema/subgraph.graphql',
  documents: ['test/graphql/*.graphql'],
  generates: {
    'test/graphql/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { Upload: 'null', DateTime: 'string' },
      },
    },
  },
  importExtension: '.ts',
};

export default config;

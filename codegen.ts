import type { CodegenConfig } from '@graphql-codegen/cli';

const clientPreset = {
  preset: 'client',
  presetConfig: { fragmentMasking: false },
} as const;

const types = { useTypeImports: true, enumsAsTypes: true };

/** Typed documents for tests and examples, from the committed SDL: `npm run codegen`. */
const config: CodegenConfig = {
  schema: 'schema/subgraph.graphql',
  generates: {
    'test/graphql/generated/': {
      preset: 'client',
      presetConfig: { ...clientPreset.presetConfig, persistedDocuments: { hashAlgorithm: 'sha256' } },
      documents: ['test/graphql/*.graphql'],
      config: { ...types, documentMode: 'string', scalars: { Upload: 'null', DateTime: 'string' } },
    },
    'examples/clients/generated/': {
      ...clientPreset,
      documents: ['examples/clients/*.graphql'],
      config: { ...types, scalars: { Upload: 'File', DateTime: 'string' } },
    },
  },
  importExtension: '.ts',
};

export default config;

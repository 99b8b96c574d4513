import { GraphQLError } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import { isIncomingFile } from '../upload/form/incoming-file.ts';
import { builder } from './builder.ts';

builder.addScalarType('DateTime', DateTimeResolver);

builder.scalarType('Upload', {
  description:
    'A file in the same multipart request (GraphQL multipart request specification): `operations` has null in its ' +
    'place, and `map` names that place.',
  serialize() {
    throw new GraphQLError('An Upload goes in, never out.');
  },
  parseValue(value) {
    if (isIncomingFile(value)) return value;
    throw new GraphQLError(
      'No file here. Send a GraphQL multipart request whose "map" names this variable; JSON.stringify turns a File ' +
        'into {}.',
      { extensions: { code: 'FILE_MISSING' } },
    );
  },
  parseLiteral() {
    throw new GraphQLError('A file cannot be written into the document: use a variable.', {
      extensions: { code: 'FILE_MISSING' },
    });
  },
});

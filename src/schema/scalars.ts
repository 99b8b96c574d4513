import { GraphQLError } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import { isIncomingFile } from '../upload/incoming-file.ts';
import { builder } from './builder.ts';

builder.addScalarType('DateTime', DateTimeResolver);

builder.scalarType('Upload', {
  description:
    'A file of the same multipart request (GraphQL multipart request specification). Send null in its place in ' +
    '"operations", and name the place in "map".',
  serialize() {
    throw new GraphQLError('An Upload goes in, never out.');
  },
  parseValue(value) {
    if (isIncomingFile(value)) return value;
    throw new GraphQLError(
      'No file here. Send a GraphQL multipart request whose "map" names this variable; a File that went through ' +
        'JSON.stringify has become {}.',
      { extensions: { code: 'FILE_MISSING' } },
    );
  },
  parseLiteral() {
    throw new GraphQLError('A file cannot be written into the document: use a variable.', {
      extensions: { code: 'FILE_MISSING' },
    });
  },
});

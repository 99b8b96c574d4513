import { type GraphQLSchema, getNamedType, isUnionType } from 'graphql';
import { GatewayError } from '../errors.ts';

/** Each makes an error of its own, which costs more than answering a good representation. */
const maxFaults = 100;

/**
 * Lets each representation of `_entities` succeed or fail on its own, a malformed one with `BAD_USER_INPUT`:
 * the federation library throws away a router's whole list for one name that it does not know. A list with
 * more than 100 malformed ones is refused as a whole. Changes the schema in place.
 */
export function isolateEntities(schema: GraphQLSchema): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolveList = field?.resolve;
  if (!field || !resolveList) throw new Error('The schema has no entities.');
  const union = getNamedType(field.type);
  const names = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];

  field.resolve = (source, args, context, info) => {
    const representations = args.representations.map(withTextId);
    const faults: (string | undefined)[] = representations.map((each: unknown) => findFault(each, names));
    // Before anything is looked up: a lookup that fails later would have nobody to handle it.
    if (faults.filter(Boolean).length > maxFaults) throw tooManyFaults();
    return representations.map((representation: unknown, at: number) => {
      // An error that is returned, not thrown, stands in its own place in the list.
      const fault = faults[at];
      if (fault) return new GatewayError('BAD_USER_INPUT', fault);
      const [entity] = resolveList(source, { representations: [representation] }, context, info) as unknown[];
      return entity;
    });
  };
  return schema;
}

/** A subgraph may write an ID as a whole number, which GraphQL takes for the same (3.5.5, Input Coercion). */
function withTextId(representation: unknown): unknown {
  const { id } = Object(representation) as { id?: unknown };
  return Number.isSafeInteger(id) ? { ...(representation as object), id: String(id) } : representation;
}

function findFault(representation: unknown, names: readonly string[]): string | undefined {
  const { __typename: name, id } = Object(representation) as { __typename?: unknown; id?: unknown };
  if (typeof name !== 'string' || !names.includes(name)) {
    return `A representation needs the __typename of an entity: ${names.join(' or ')}.`;
  }
  return typeof id === 'string' ? undefined : `A representation of ${name} needs its id, as a string.`;
}

function tooManyFaults(): GatewayError {
  const message = `More than ${maxFaults} representations are malformed, so none is looked up.`;
  return new GatewayError('BAD_USER_INPUT', message);
}

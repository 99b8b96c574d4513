import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { findOperation } from '../src/graphiql/operation/find-operation.ts';
import { missingFile } from '../src/graphiql/operation/missing-file.ts';
import { setAt } from '../src/graphiql/operation/set-at.ts';
import { uploadFields } from '../src/graphiql/operation/upload-fields.ts';
import { uploadSlots } from '../src/graphiql/operation/upload-slots.ts';

const schema = buildSchema(/* GraphQL */ `
  scalar Upload
  input Parcel { note: String, file: Upload!, next: Parcel, more: [Parcel!] }
  type Query { ok: Boolean }
  type Mutation { send(file: Upload, files: [Upload!], parcel: Parcel): Boolean }
`);

function operationOf(text: string): OperationDefinitionNode {
  const [definition] = parse(text).definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
  return definition;
}

describe('Places for files in an operation', () => {
  test.each([
    { name: 'none in a query', text: '{ ok }', paths: [] },
    { name: 'none in variables of other types', text: 'query ($a: Int, $b: Nothing) { ok }', paths: [] },
    { name: 'a variable', text: 'mutation ($file: Upload!) { send(file: $file) }', paths: ['file'] },
    {
      name: 'a field of an input object, and not those of its own kind below it for ever',
      text: 'mutation ($parcel: Parcel!) { send(parcel: $parcel) }',
      paths: ['parcel.file'],
    },
    { name: 'a list', text: 'mutation ($files: [Upload!]!) { send(files: $files) }', paths: ['files[]'] },
  ])('$name', ({ text, paths }) => {
    const found = uploadSlots(operationOf(text), schema);
    expect(found.map(({ path, isList }) => (isList ? `${path}[]` : path))).toEqual(paths);
  });

  test('without a schema are those that the variables themselves tell', () => {
    const text = 'mutation ($a: Upload!, $b: [Upload], $parcel: Parcel) { send }';
    expect(uploadSlots(operationOf(text))).toEqual([
      { path: 'a', isList: false, isRequired: true },
      { path: 'b', isList: true, isRequired: false },
    ]);
  });

  test.each([
    { name: 'an empty required place', bound: [], variables: { file: null }, missing: 'file' },
    { name: 'a required place that is not even named', bound: [], variables: {}, missing: 'file' },
    { name: 'nothing when a file is bound', bound: ['file'], variables: { file: null }, missing: undefined },
    { name: 'nothing when something stands there', bound: [], variables: { file: 'x' }, missing: undefined },
  ])('are missed: $name', ({ bound, variables, missing }) => {
    const slots = [
      { path: 'other', isList: false, isRequired: false },
      { path: 'file', isList: false, isRequired: true },
    ];
    expect(missingFile(slots, bound, variables)?.path).toBe(missing);
  });
});

describe('Which operation runs', () => {
  const two = 'query A { ok } query B { ok }';
  test.each([
    { name: 'none of a text that is no GraphQL', text: '{ ok', operation: undefined, found: undefined },
    { name: 'none of several without a name', text: two, operation: undefined, found: undefined },
    { name: 'none under a name that there is not', text: two, operation: 'C', found: undefined },
    { name: 'the named one', text: two, operation: 'B', found: 'B' },
    { name: 'the only one', text: 'query A { ok }', operation: null, found: 'A' },
    {
      name: 'the only one under the name of the tab before',
      text: 'query A { ok }',
      operation: 'B',
      found: 'A',
    },
  ])('$name', ({ text, operation, found }) => {
    expect(findOperation(text, operation)?.name?.value).toBe(found);
  });
});

describe('Where the input of an upload comes from', () => {
  const read = (args: string) =>
    uploadFields(operationOf(`mutation { uploadRedeemedCoupons(${args}) { x } }`))[0];

  test.each([
    {
      name: 'a part written in the document',
      args: 'input: { columns: { redeemedAt: 1 } }',
      path: undefined,
    },
    { name: 'no input', args: 'file: $f', path: undefined },
    { name: 'a variable for all of it', args: 'input: $in', path: 'in.columns.redeemedAt' },
    { name: 'a variable for an object in it', args: 'input: { columns: $cols }', path: 'cols.redeemedAt' },
    { name: 'a variable for the part', args: 'input: { columns: { redeemedAt: $at } }', path: 'at' },
  ])('$name', ({ args, path }) => {
    expect(read(args)?.inputPath('columns.redeemedAt')).toBe(path);
  });

  test('is told for the upload mutations alone, under any alias, with the variable of the file', () => {
    const text =
      'mutation { a: uploadCouponBatch(file: $one) { x } other(file: $f) ...F b: uploadRedeemedCoupons { x } }';
    expect(uploadFields(operationOf(text)).map(({ mutation, filePath }) => [mutation, filePath])).toEqual([
      ['uploadCouponBatch', 'one'],
      ['uploadRedeemedCoupons', undefined],
    ]);
  });
});

describe('Setting a part of the variables', () => {
  test.each([
    { name: 'keeps the order of what was there', path: 'a', value: 3, result: '{"a":3,"b":{"c":2}}' },
    {
      name: 'makes the objects on its way',
      path: 'x.y',
      value: 1,
      result: '{"a":1,"b":{"c":2},"x":{"y":1}}',
    },
    {
      name: 'makes lists for numbers, without holes',
      path: 'l.1',
      value: null,
      result: '{"a":1,"b":{"c":2},"l":[null,null]}',
    },
    { name: 'removes with undefined', path: 'b.c', value: undefined, result: '{"a":1,"b":{}}' },
    {
      name: 'replaces a value that is no object',
      path: 'a.b',
      value: 1,
      result: '{"a":{"b":1},"b":{"c":2}}',
    },
  ])('$name', ({ path, value, result }) => {
    const before = { a: 1, b: { c: 2 } };
    expect(JSON.stringify(setAt(before, path, value))).toBe(result);
    expect(before).toEqual({ a: 1, b: { c: 2 } });
  });

  test('touches no prototype', () => {
    setAt({}, '__proto__.polluted', true);
    setAt({}, 'constructor.prototype.polluted', true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

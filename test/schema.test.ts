import { readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { printSubgraph } from '../schema/print-subgraph.ts';
import { schema } from '../src/schema/schema.ts';
import { ask } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

const committed = readFileSync(new URL('../schema/subgraph.graphql', import.meta.url), 'utf8');

test('the committed SDL is what the code prints (npm run schema)', () => {
  expect(committed).toBe(printSubgraph());
});

test('the running gateway tells a router the same SDL', async () => {
  await using started = await startGateway();
  const { data } = await ask(started.url, '{ _service { sdl } }');
  expect(`${data._service.sdl.trim()}\n`).toBe(committed);
});

test('every type, field, argument and enum value says what it is', () => {
  const silent: string[] = [];
  const look = (name: string, element: { description?: string | null | undefined }) => {
    if (!element.description?.trim()) silent.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    // Federation's own and introspection's are not ours to describe.
    if (type.name.startsWith('_') || type.astNode?.name.value.startsWith('_')) continue;
    if (
      ['String', 'Int', 'Float', 'Boolean', 'ID', 'FieldSet', 'link__Import', 'link__Purpose'].includes(
        type.name,
      )
    )
      continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      look(`${type.name}.${field.name}`, field);
      if ('args' in field) for (const arg of field.args) look(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  expect(silent).toEqual([]);
});

import { DropdownMenu, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type Example, examples } from '../examples/examples.ts';

/** Opens an example in a tab of its own. */
export function ExamplesMenu() {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const { addTab } = useGraphiQLActions();
  const open = ({ query, variables }: Example) => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
  };
  return (
    <DropdownMenu>
      <DropdownMenu.Button className="cx-button">
        Examples <span aria-hidden="true">▾</span>
      </DropdownMenu.Button>
      <DropdownMenu.Content>
        {examples.map((example) => (
          <DropdownMenu.Item key={example.name} onSelect={() => open(example)}>
            {example.label}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu>
  );
}

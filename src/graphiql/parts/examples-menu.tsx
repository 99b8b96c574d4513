import { pick, ToolbarMenu, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type Example, examples } from '../examples/examples.ts';

/** Opens an example in a tab of its own. */
export function ExamplesMenu() {
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  const { addTab } = useGraphiQLActions();
  const open = ({ query, variables }: Example) => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    queryEditor?.focus();
  };
  return (
    <ToolbarMenu button={<span className="cx-menu">Examples ▾</span>}>
      {examples.map((example) => (
        <ToolbarMenu.Item key={example.name} onSelect={() => open(example)}>
          {example.label}
        </ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  );
}

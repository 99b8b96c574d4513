import { useExplorer } from './explorer-context.ts';
import { TokenField } from './token-field.tsx';
import { TransportSelect } from './transport-select.tsx';

/** What holds for all tabs: where requests go, and with which token. */
export function TopBar() {
  const { sandboxToken } = useExplorer();
  return (
    <header className="cx-bar">
      <h1>Capillary upload gateway</h1>
      {sandboxToken !== null && (
        <p className="cx-mode">
          <strong>Sandbox</strong>
          <span>No cluster is set: nothing leaves this machine. Its public token is filled in.</span>
        </p>
      )}
      <TokenField />
      <TransportSelect />
    </header>
  );
}

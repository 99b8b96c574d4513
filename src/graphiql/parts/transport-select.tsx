import type { Transport } from '../request/subscribe.ts';
import { useExplorer, useShared } from './explorer-context.ts';

/** How subscriptions travel, those of the editor and of the jobs panel. */
export function TransportSelect() {
  const { setTransport } = useExplorer();
  const transport = useShared('transport');
  return (
    <label className="cx-transport">
      Watch over
      <select value={transport} onChange={(event) => setTransport(event.target.value as Transport)}>
        <option value="websocket">WebSocket</option>
        <option value="sse">SSE</option>
      </select>
    </label>
  );
}

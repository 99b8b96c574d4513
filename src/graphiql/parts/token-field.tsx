import { useState } from 'react';
import { useExplorer, useShared } from './explorer-context.ts';

/** The access token, for queries, uploads and subscriptions alike. */
export function TokenField() {
  const { setToken, commitToken, setTokenKept, sandboxToken } = useExplorer();
  const token = useShared('token');
  const isKept = useShared('isTokenKept');
  const [isShown, setIsShown] = useState(sandboxToken !== null);
  return (
    <form
      className="cx-token"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        commitToken();
      }}
    >
      <label htmlFor="cx-token">Access token</label>
      <input
        id="cx-token"
        type={isShown ? 'text' : 'password'}
        value={token}
        spellCheck={false}
        autoComplete="off"
        placeholder="x-cap-api-oauth-token"
        aria-describedby="cx-token-hint"
        onChange={(event) => setToken(event.target.value)}
        onBlur={commitToken}
      />
      <button
        type="button"
        className="cx-button"
        aria-pressed={isShown}
        aria-label="Show the token"
        onClick={() => setIsShown(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'}
      </button>
      <label className="cx-check">
        <input type="checkbox" checked={isKept} onChange={(event) => setTokenKept(event.target.checked)} />
        Remember
      </label>
      <span id="cx-token-hint" className="cx-unseen">
        Sent with queries, uploads and subscriptions. Kept in this browser only when Remember is ticked.
      </span>
    </form>
  );
}

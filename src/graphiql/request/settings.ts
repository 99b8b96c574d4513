import type { Explanation } from './explain-fault.ts';

/** What the gateway tells the page. */
export interface Settings {
  /** The public token of the embedded sandbox; `null` when a real cluster is set. */
  readonly sandboxToken: string | null;
  /** Why these are only defaults. */
  readonly problem?: Explanation;
}

/** Reads the settings. Without an answer the page still comes up, and says what is wrong. */
export async function loadSettings(address = '/graphiql/settings.json'): Promise<Settings> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return (await response.json()) as Settings;
  } catch {
    const problem = {
      title: 'No connection.',
      text: 'The gateway did not send its settings. Is it still running? Reload the page to try again.',
    };
    return { sandboxToken: null, problem };
  }
}

import { useState } from 'react';
import { copyText } from './copy-text.ts';
import { useExplorer } from './explorer-context.ts';

/** What the button copies. */
export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who cannot see what stands beside it. */
  readonly label: string;
}

/** Copies a text, and says so on the button itself. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const { store } = useExplorer();
  const [state, setState] = useState<'Copy' | 'Copied' | 'Not allowed'>('Copy');
  const copy = async () => {
    const isCopied = await copyText(text);
    setState(isCopied ? 'Copied' : 'Not allowed');
    store.set({ announcement: isCopied ? `${label} copied.` : 'The browser does not allow copying.' });
  };
  return (
    <button
      type="button"
      className="cx-button cx-small"
      aria-label={`${state} ${label}`}
      onClick={() => void copy()}
      onBlur={() => setState('Copy')}
    >
      {state}
    </button>
  );
}

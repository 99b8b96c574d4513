import { CloseIcon } from '@graphiql/react';
import { useExplorer, useShared } from './explorer-context.ts';

/** What went wrong with the last request, and a way to where it can be mended. */
export function NoticeStrip() {
  const { store } = useExplorer();
  const notice = useShared('notice');
  if (!notice) return null;
  const { title, text, place } = notice;
  return (
    <section className="cx-notice" aria-label="Notice">
      <p>
        <strong>{title}</strong> {text}
      </p>
      {place === 'token' && (
        <button
          type="button"
          className="cx-button"
          onClick={() => document.getElementById('cx-token')?.focus()}
        >
          Go to the token
        </button>
      )}
      {place === 'files' && (
        <button
          type="button"
          className="cx-button"
          onClick={() => store.set({ wantedPanel: { title: 'Files' } })}
        >
          Show files
        </button>
      )}
      <button
        type="button"
        className="cx-icon"
        aria-label="Dismiss"
        onClick={() => store.set({ notice: null })}
      >
        <CloseIcon aria-hidden="true" />
      </button>
    </section>
  );
}

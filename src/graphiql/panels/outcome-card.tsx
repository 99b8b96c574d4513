import { useEffect, useRef } from 'react';
import { useExplorer } from '../parts/explorer-context.ts';
import type { UploadOutcome } from '../request/upload-outcome.ts';
import { ToneSign } from './tone-sign.tsx';

/** What an upload came to, with the rows that are wrong. */
export function OutcomeCard({ outcome }: { readonly outcome: UploadOutcome }) {
  const { store } = useExplorer();
  const { tone, title, message, problems, problemCount, notes, jobIds } = outcome;
  const card = useRef<HTMLElement>(null);
  // In a small window it would come up out of sight, above the file that was sent.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each outcome
  useEffect(() => {
    card.current?.scrollIntoView({ block: 'nearest' });
  }, [outcome]);
  return (
    <section ref={card} className={`cx-card cx-${tone}`} aria-label="Result of the upload">
      <h3>
        <ToneSign tone={tone} /> {title}
      </h3>
      {message && <p>{message}</p>}
      {problems.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls
        <section className="cx-scroll" tabIndex={0} aria-label="Problems">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Column</th>
                <th scope="col">Problem</th>
              </tr>
            </thead>
            <tbody>
              {problems.map(({ line, column, message: text, code }) => (
                <tr key={`${line} ${column} ${code} ${text}`}>
                  <td>{line ?? 'file'}</td>
                  <td>{column ?? ''}</td>
                  <td className="cx-wrap">{text ?? code}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {problemCount > problems.length && problems.length > 0 && (
        <p className="cx-quiet">
          The first {problems.length} of {problemCount}.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="cx-quiet">
          {note}
        </p>
      ))}
      {jobIds.length > 0 && (
        <button
          type="button"
          className="cx-button"
          onClick={() => store.set({ wantedPanel: { title: 'Jobs' } })}
        >
          Show {jobIds.length === 1 ? 'its job' : `its ${jobIds.length} jobs`}
        </button>
      )}
    </section>
  );
}

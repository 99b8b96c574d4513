import { useShared } from './explorer-context.ts';

/** Tells screen readers what changes by itself: progress, outcomes, failures. */
export function Announcer() {
  const text = useShared('announcement');
  return (
    <div role="status" aria-live="polite" className="cx-unseen">
      {text}
    </div>
  );
}

const signs = { good: '✓', mixed: '!', bad: '✕', pending: '…' } as const;

/** A sign beside words that say the same, so that colour is not all there is. */
export function ToneSign({ tone }: { readonly tone: keyof typeof signs }) {
  return (
    <span className={`cx-sign cx-sign-${tone}`} aria-hidden="true">
      {signs[tone]}
    </span>
  );
}

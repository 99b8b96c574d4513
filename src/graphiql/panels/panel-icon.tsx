/** The icon of a panel in GraphiQL's side bar. `path` is drawn on a square of 20. */
export function PanelIcon({ path }: { readonly path: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

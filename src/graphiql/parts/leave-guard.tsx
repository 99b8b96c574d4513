import { useEffect } from 'react';
import { useShared } from './explorer-context.ts';

/** Makes the browser ask before the page is left while an upload is under way: it would end with the page. */
export function LeaveGuard() {
  const isUploading = useShared('uploads').length > 0;
  useEffect(() => {
    if (!isUploading) return;
    const ask = (event: Event) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUploading]);
  return null;
}

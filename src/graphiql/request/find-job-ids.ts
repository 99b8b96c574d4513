import { isJobId } from './is-job-id.ts';

/** Every job id in an answer, wherever the operation put it, in order and without duplicates. */
export function findJobIds(data: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node === 'string') {
      if (isJobId(node)) found.add(node);
    } else if (typeof node === 'object' && node !== null) {
      for (const child of Object.values(node)) visit(child);
    }
  };
  visit(data);
  return [...found];
}

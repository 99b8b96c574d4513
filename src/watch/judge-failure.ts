import type { CapillaryError } from '../capillary/capillary-error.ts';

/** What a failed poll means: `final` ends the watchers, `limited` slows the credential down, `passing` is polled through. */
export type FailureVerdict = 'final' | 'limited' | 'passing';

/** Judges a failed poll. A 401 that arrives here is one that a renewed token did not cure. */
export function judgeFailure(error: CapillaryError): FailureVerdict {
  switch (error.code) {
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'REJECTED':
      return 'final';
    case 'RATE_LIMITED':
      return 'limited';
    case 'UPSTREAM_UNAVAILABLE':
    case 'UPSTREAM_TIMEOUT':
    case 'UPSTREAM_INVALID_RESPONSE':
      return 'passing';
  }
}

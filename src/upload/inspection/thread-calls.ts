import type { Bell } from './bell.ts';
import type { InspectionRequest } from './inspection-messages.ts';

/** How work reaches the thread: by messages where it must, by the bell where that is enough. */
export interface ThreadCalls {
  send(request: InspectionRequest): void;
  /** Tells of a block: at once, or as soon as the thread looks for more. */
  call(atOnce: boolean): void;
}

export function createThreadCalls(bell: Bell, post: (request: InspectionRequest) => void): ThreadCalls {
  function call(atOnce: boolean): void {
    if (atOnce ? bell.ringLoudly() : bell.ring()) post({ type: 'wake' });
  }

  return {
    call,
    send(request) {
      post(request);
      // It may have taken the message and gone to sleep again by now: a ring that it does not hear must be followed up.
      call(true);
    },
  };
}

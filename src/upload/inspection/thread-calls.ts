import type { Bell } from './bell.ts';
import type { InspectionRequest } from './inspection-messages.ts';

/** How work reaches the thread: by a message where it must, by the bell where that is enough. */
export interface ThreadCalls {
  send(request: InspectionRequest): void;
  /** Tells the thread of a block: at once, or whenever it next looks for more. */
  call(atOnce: boolean): void;
}

/** Reaches the thread by `post`, and by its bell. */
export function createThreadCalls(bell: Bell, post: (request: InspectionRequest) => void): ThreadCalls {
  function call(atOnce: boolean): void {
    if (atOnce ? bell.ringLoudly() : bell.ring()) post({ type: 'wake' });
  }

  return {
    call,
    send(request) {
      post(request);
      // By now it may have taken the message and gone to sleep again: a ring that it does not hear must be
      // followed by a message.
      call(true);
    },
  };
}

import { CloseCode, type Message, parseMessage } from 'graphql-ws';

/** What a client said, with the id that graphql-ws is to know its operation by. */
export interface HeardMessage {
  /** Text where it is none of the protocol: graphql-ws closes the connection for it. */
  readonly message: Message | string;
  /** The operation that the client has given up with it. */
  readonly givenUp?: string;
}

export interface OperationIds {
  /** `undefined`: there is nothing to do. */
  heard(text: string): HeardMessage | undefined;
  /** What graphql-ws says, with the client's own id. `undefined`: the client has given that operation up. */
  said(text: string): string | undefined;
}

/**
 * Gives each operation of one connection an id that none had before. A client may use an id again as soon as it has said
 * `complete`; graphql-ws goes by the id alone, and while the first operation comes to its end it takes the second for it:
 * it told its client a `complete` too many, and let the second run on when the connection was long gone. An id that is still in
 * use is left to `close`.
 */
export function createOperationIds(close: (code: number, reason: string) => void): OperationIds {
  const ours = new Map<string, string>();
  const theirs = new Map<string, string>();
  let count = 0;

  function forget(id: string, own: string): void {
    ours.delete(id);
    theirs.delete(own);
  }

  return {
    heard(text) {
      const message = parse(text);
      if (message?.type === 'subscribe') {
        const { id, type, payload } = message;
        if (id.length > maxIdLength) {
          close(CloseCode.BadRequest, 'Invalid message received');
          return undefined;
        }
        if (ours.has(id)) {
          // The reason of a close has 123 bytes at most, and a character three.
          const whose = id.length <= 31 ? ` for ${id}` : '';
          close(CloseCode.SubscriberAlreadyExists, `Subscriber${whose} already exists`);
          return undefined;
        }
        count += 1;
        const own = String(count);
        ours.set(id, own);
        theirs.set(own, id);
        return { message: { id: own, type, payload } };
      }
      if (message?.type !== 'complete') return { message: message ?? text };
      const own = ours.get(message.id);
      if (own === undefined) return undefined;
      forget(message.id, own);
      return { message: { ...message, id: own }, givenUp: own };
    },

    said(text) {
      // Not parsed: it may be one of thousands that tell the same.
      const [start, own = '', type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(text) ?? [];
      if (start === undefined) return text;
      const id = theirs.get(own);
      if (id === undefined) return undefined;
      if (type !== 'next') forget(id, own);
      return `{"id":${JSON.stringify(id)},"type":"${type}"${text.slice(start.length)}`;
    },
  };
}

/** An id is kept for as long as its operation lasts. */
const maxIdLength = 1_024;

/** `undefined` for what graphql-ws is going to close the connection for. */
function parse(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

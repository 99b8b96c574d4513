import { CloseCode, type Message, parseMessage } from 'graphql-ws';

/** A client's message, with the id by which graphql-ws is to know its operation. */
export interface HeardMessage {
  /** The raw text where it is no message of the protocol: graphql-ws then closes the connection. */
  readonly message: Message | string;
  /** The operation that the client gives up with this message. */
  readonly givenUp?: string;
}

/** Translates between the ids of a client and those that graphql-ws is given. */
export interface OperationIds {
  /** Translates a client's message. `undefined`: there is nothing to do. */
  heard(text: string): HeardMessage | undefined;
  /**
   * Translates a message of graphql-ws back to the client's own id. `undefined`: the client has given that
   * operation up.
   */
  said(text: string): string | undefined;
}

/**
 * Gives each operation of one connection an id that none had before. A client may reuse an id as soon as it
 * has sent `complete`; graphql-ws goes by the id alone, and takes the second operation for the first while
 * that one still ends: it sent one `complete` too many, and let the second run on long after the connection
 * was gone. For an id that is still in use, `close` is called.
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
          // A close reason has 123 bytes at most, and a character up to three.
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
      // Not parsed: thousands of subscribers may get the same text.
      const [start, own = '', type] = /^\{"id":"(\d+)","type":"(\w+)"/.exec(text) ?? [];
      if (start === undefined) return text;
      const id = theirs.get(own);
      if (id === undefined) return undefined;
      if (type !== 'next') forget(id, own);
      return `{"id":${JSON.stringify(id)},"type":"${type}"${text.slice(start.length)}`;
    },
  };
}

/** Bounded, because an id is kept for as long as its operation lasts. */
const maxIdLength = 1_024;

/** `undefined` for a text for which graphql-ws will close the connection. */
function parse(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Closes a response with its connection. Node does so for the one that is being sent, and forgets those that wait behind it:
 * whatever they watch, hold or count would never hear of the end.
 */
export function closeWithConnection({ socket }: IncomingMessage, res: ServerResponse): void {
  const onClose = () => {
    if (res.socket) return;
    res.destroy();
    res.emit('close');
  };
  socket.once('close', onClose);
  res.once('close', () => socket.off('close', onClose));
}

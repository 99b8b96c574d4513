import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Closes a response along with its connection. Node does so only for the response that is being sent: those
 * that wait behind it, and whatever watches them, would never hear of the end.
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

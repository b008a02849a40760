import type { Duplex } from 'node:stream';
import type { Fault } from './fault-script.js';

/** Does a fault to a connection that asks to become a WebSocket. True where it does not come about. */
export function isStruck(fault: Fault, socket: Duplex): boolean {
  switch (fault.do) {
    case 'answer':
      socket.end(`HTTP/1.1 ${fault.status} Sandbox\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return true;
    case 'hang':
      setTimeout(() => socket.destroy(), fault.forMs).unref();
      return true;
    case 'drop':
    case 'truncate':
    case 'html':
      socket.destroy();
      return true;
    case 'slow':
    case 'acceptThenDrop':
      return false;
  }
}

import { connect, createServer, type Socket } from 'node:net';

/** Forwards connections, to the replica that is in charge for example, as a load balancer in front of several would. */
export class Front {
  #target: Promise<number | undefined> = Promise.resolve(undefined);
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((incoming) => {
    this.#hold(incoming);
    void this.#target.then((port) => {
      if (port === undefined || incoming.destroyed) incoming.destroy();
      else this.#forward(incoming, connect(port, '127.0.0.1'));
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return (this.#server.address() as { port: number }).port;
  }

  /** Its address, once it listens. */
  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as { port: number }).port)}`;
  }

  /** New connections go to `port`, and wait until it is known; `undefined`: they break. The old ones break. */
  pointTo(port: Promise<number | undefined>): void {
    this.#target = port;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The connections that there are lead nowhere from now on, and nobody is told. New ones work. */
  forget(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.on('data', () => undefined);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #forward(incoming: Socket, outgoing: Socket): void {
    this.#hold(outgoing);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}

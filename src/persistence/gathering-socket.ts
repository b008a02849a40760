import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * Sends what is written in one turn of the event loop by one system call: the begin of a transaction with its first statement,
 * the last statement with the commit.
 */
export class GatheringSocket extends Socket {
  #isGathering = false;

  override connect(...parameters: unknown[]): this {
    Reflect.apply(super.connect.bind(this), this, parameters);
    // Node has given it the `write` of every socket: this class's shows again.
    Reflect.deleteProperty(this, 'write');
    return this;
  }

  override write(chunk: string | Uint8Array, written?: Written): boolean;
  override write(chunk: string | Uint8Array, encoding?: BufferEncoding, written?: Written): boolean;
  override write(chunk: string | Uint8Array, second?: BufferEncoding | Written, written?: Written): boolean {
    this.#gather();
    return super.write(chunk, second as BufferEncoding, written);
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.cork();
    // After the promises of this turn, which may have more to send.
    process.nextTick(() => {
      this.#isGathering = false;
      this.uncork();
    });
  }
}

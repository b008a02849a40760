import type { IncomingMessage } from 'node:http';

/** A body beyond its route's limit. */
export class TooLarge extends Error {}

/** So much is sent at the same time that no more of it is kept. */
export class TooMuch extends Error {}

/** Every body may have so much: what networks tell mostly takes less, and is heard whatever others send. */
const alwaysBytes = 16 * 1024;
/** Beyond that, so many of the largest at one time. */
const mostAtOnce = 16;

/** The bodies that callers send to one route. Whose they are is known only when they are whole: until then they are kept within bounds. */
export class Bodies {
  #beyondBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Hands the whole body on, and keeps it for as long as it is worked on. Throws TooLarge and TooMuch. */
  async with<T>(request: IncomingMessage, work: (body: Buffer) => Promise<T>): Promise<T> {
    if (Number(request.headers['content-length'] ?? 0) > this.maxBytes) throw this.#tooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    let beyond = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > this.maxBytes) throw this.#tooLarge();
        const more = Math.max(0, bytes - alwaysBytes) - beyond;
        if (this.#beyondBytes + more > mostAtOnce * this.maxBytes)
          throw new TooMuch('too much is sent at once; try again');
        this.#beyondBytes += more;
        beyond += more;
        chunks.push(chunk);
      }
      return await work(Buffer.concat(chunks));
    } finally {
      this.#beyondBytes -= beyond;
    }
  }

  #tooLarge(): TooLarge {
    return new TooLarge(`the body is larger than ${String(this.maxBytes)} bytes`);
  }
}

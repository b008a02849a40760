// A process of our own that is asked by messages: `open` here, `serve` there.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Milliseconds of a clock that all processes of the machine share. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** In the child: answers what the parent calls, and ends with it. */
export function serve(calls) {
  process.on('message', ({ id, name, args }) => {
    Promise.resolve()
      .then(() => calls[name](...args))
      .then(
        (value) => process.send({ id, value }),
        (error) => process.send({ id, error: String(error?.stack ?? error) }),
      );
  });
  process.on('disconnect', () => process.exit());
}

export class Child {
  #process;
  #waiting = new Map();
  #lastId = 0;

  /** `file` stands in `bench/processes/`. */
  constructor(file) {
    const path = fileURLToPath(new URL(`../processes/${file}`, import.meta.url));
    // What a child says is never part of our result.
    this.#process = fork(path, [], { stdio: ['ignore', 2, 2, 'ipc'], serialization: 'advanced', execArgv: [] });
    this.#process.on('message', ({ id, value, error }) => {
      const { done, failed } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) done(value);
      else failed(new Error(`${file}: ${error}`));
    });
    this.#process.on('exit', (code, signal) => {
      const end = new Error(`${file} ended (${signal ?? code})`);
      for (const { failed } of this.#waiting.values()) failed(end);
      this.#waiting.clear();
    });
  }

  call(name, ...args) {
    const id = (this.#lastId += 1);
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#process.send({ id, name, args });
    });
  }

  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.disconnect();
    await ended;
  }
}

/** The server's answer to what it does not do. `data` is what the envelope carries, `[]` unless told. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly data: unknown = [],
    readonly reason: string = '',
  ) {
    super(`refused with ${status}`);
  }
}

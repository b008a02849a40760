/** The server's answer to what it does not do. `data` is what the envelope carries, `[]` unless told. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly data: unknown = [],
    readonly reason: string = '',
    /** Whether a 401 says that nobody is logged in, or that a signature is wrong. */
    readonly lack: 'login' | 'signature' = 'login',
  ) {
    super(`refused with ${status}`);
  }
}

import type { RefusalKind } from './page.types.js';

/** An answer other than the one that was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly kind: RefusalKind = 'wrong',
  ) {
    super(message);
  }
}

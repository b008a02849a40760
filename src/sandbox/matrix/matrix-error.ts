/** A refusal as the client-server API words it: status, `errcode`, `error`, and what the code adds. */
export class MatrixError extends Error {
  constructor(
    readonly status: number,
    readonly errcode: string,
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'MatrixError';
  }

  /** The body of the answer. */
  body(): Record<string, unknown> {
    return { errcode: this.errcode, error: this.message, ...this.extra };
  }
}

export const forbidden = (message: string): MatrixError => new MatrixError(403, 'M_FORBIDDEN', message);
export const notFound = (message: string): MatrixError => new MatrixError(404, 'M_NOT_FOUND', message);
export const badJson = (message: string): MatrixError => new MatrixError(400, 'M_BAD_JSON', message);
export const invalidParam = (message: string): MatrixError => new MatrixError(400, 'M_INVALID_PARAM', message);
export const missingParam = (message: string): MatrixError => new MatrixError(400, 'M_MISSING_PARAM', message);
export const exclusive = (message: string): MatrixError => new MatrixError(400, 'M_EXCLUSIVE', message);
/** What the reference server answers where it has no better code. */
export const unknown = (status: number, message: string): MatrixError => new MatrixError(status, 'M_UNKNOWN', message);

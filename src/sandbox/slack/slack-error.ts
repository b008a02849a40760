import type { JsonObject } from './state/json.js';

/** The server's refusal: HTTP 200, `ok: false` and this code. */
export class SlackError extends Error {
  constructor(
    readonly code: string,
    /** What stands beside the code: `needed`, `provided`, `response_metadata` … */
    readonly details: JsonObject = {},
  ) {
    super(`refused with ${code}`);
  }
}

/** An argument that has to be there is not. */
export function missingArgument(name: string): SlackError {
  return new SlackError('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
  });
}

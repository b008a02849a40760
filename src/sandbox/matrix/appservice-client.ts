import { Agent, request } from 'undici';
import type { JsonObject } from './events.js';
import type { Appservice } from './registration.js';

/** What came of a ping: the answer, or why there was none. */
export type PingOutcome =
  | { readonly outcome: 'answered'; readonly status: number; readonly text: string }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** The calls that a homeserver makes to an application service. */
export class AppserviceClient {
  readonly #agent: Agent;

  constructor(timeoutMs: number) {
    this.#agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Sends a transaction. True where it is accepted: a 2xx status and a body of JSON. A service without an address accepts everything. */
  async push(appservice: Appservice, id: number, body: JsonObject, signal: AbortSignal): Promise<boolean> {
    if (appservice.url === undefined) return true;
    try {
      const { status, text } = await this.#call(appservice, 'PUT', `/transactions/${id}`, body, signal);
      if (!isGood(status)) return false;
      JSON.parse(text);
      return true;
    } catch {
      // Whatever went wrong, the caller repeats the transaction.
      return false;
    }
  }

  /** Asks whether a user or an alias is to exist. True where the service made it. */
  async ask(appservice: Appservice, path: string, signal?: AbortSignal): Promise<boolean> {
    if (appservice.url === undefined) return false;
    try {
      return isGood((await this.#call(appservice, 'GET', path, undefined, signal)).status);
    } catch {
      // No answer means no, as at the reference server.
      return false;
    }
  }

  async ping(appservice: Appservice, transactionId: unknown): Promise<PingOutcome> {
    try {
      const { status, text } = await this.#call(appservice, 'POST', '/ping', { transaction_id: transactionId });
      if (isGood(status)) JSON.parse(text);
      return { outcome: 'answered', status, text };
    } catch (error) {
      const [name, message] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
      if (name === 'HeadersTimeoutError' || name === 'BodyTimeoutError' || name === 'ConnectTimeoutError') {
        return { outcome: 'timeout' };
      }
      return { outcome: 'failed', reason: `${name}: ${message}` };
    }
  }

  async #call(
    appservice: Appservice,
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body?: JsonObject,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    const answer = await request(`${appservice.url ?? ''}/_matrix/app/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${appservice.registration.hs_token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      dispatcher: this.#agent,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

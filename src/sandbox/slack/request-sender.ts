import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { App, RequestUrls } from './state/apps.js';
import type { SlackClock } from './state/clock.js';
import { newSecret } from './state/ids.js';
import { isObject, parseJson, type JsonObject } from './state/json.js';
import { answerWithinMs, type Outcome, type Sending, type Transport } from './transport.js';

/** `v0=` and the HMAC of time and body. Source: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function signatureOf(signingSecret: string, timestampSeconds: number, body: string): string {
  const hash = createHmac('sha256', signingSecret).update(`v0:${timestampSeconds}:${body}`).digest('hex');
  return `v0=${hash}`;
}

/** Signed requests to an app's own addresses. */
export class RequestSender implements Transport {
  #agent = new Agent();

  constructor(private readonly clock: SlackClock) {}

  /** Drops what is under way; what is sent later goes on new connections. */
  async close(): Promise<void> {
    const agent = this.#agent;
    this.#agent = new Agent();
    await agent.destroy();
  }

  async send({ app, kind, payload, retry }: Sending): Promise<Outcome> {
    const urls = urlsOf(app);
    switch (kind) {
      case 'events_api':
        return this.#post(app, urls.events, { type: 'application/json', text: JSON.stringify(payload) }, retry);
      case 'slash_commands':
        return this.#post(app, urls.commands ?? urls.events, form(payload));
      case 'interactive':
        return this.#post(app, urls.interactivity ?? urls.events, form({ payload: JSON.stringify(payload) }));
    }
  }

  /** Whether the app gives the challenge back, without which Slack sends it nothing. */
  async verify(app: App): Promise<boolean> {
    const challenge = newSecret(26);
    const text = JSON.stringify({ token: app.verificationToken, challenge, type: 'url_verification' });
    const outcome = await this.#post(app, urlsOf(app).events, { type: 'application/json', text });
    if (outcome.kind !== 'accepted') return false;
    const { answer } = outcome;
    return (isObject(answer) ? answer['challenge'] : answer) === challenge;
  }

  async #post(
    app: App,
    url: string,
    body: { readonly type: string; readonly text: string },
    retry?: Sending['retry'],
  ): Promise<Outcome> {
    const late = new AbortController();
    const stopWaiting = this.clock.after(answerWithinMs, () => late.abort());
    const timestamp = this.clock.nowSeconds();
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.#agent,
        signal: late.signal,
        headers: {
          'content-type': body.type,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': signatureOf(app.signingSecret, timestamp, body.text),
          ...(retry === undefined
            ? {}
            : { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }),
        },
        body: body.text,
      });
      const text = await answer.body.text();
      if (answer.statusCode < 300) return { kind: 'accepted', answer: parseJson(text) ?? text };
      if (answer.headers['x-slack-no-retry'] === '1') return { kind: 'refused' };
      return { kind: 'failed', reason: 'http_error' };
    } catch {
      // Whatever it was, the app is told one of two words for it.
      return { kind: 'failed', reason: late.signal.aborted ? 'http_timeout' : 'connection_failed' };
    } finally {
      stopWaiting();
    }
  }
}

function urlsOf({ delivery, id }: App): RequestUrls {
  if (delivery === 'socketMode') throw new Error(`${id} has no addresses`);
  return delivery;
}

function form(payload: JsonObject): { readonly type: string; readonly text: string } {
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)]);
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
}

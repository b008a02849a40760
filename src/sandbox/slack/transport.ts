import type { App } from './state/apps.js';
import type { JsonObject } from './state/json.js';

/** What a payload is: an event, or what waits for an answer. */
export type PayloadKind = 'events_api' | 'slash_commands' | 'interactive';

export interface Sending {
  readonly app: App;
  readonly kind: PayloadKind;
  readonly payload: JsonObject;
  /** Of an event that is sent again: how often it was before, and why. */
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What became of it; `answer` is what the app said with its acknowledgement. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The app does not want it again. */
  | { readonly kind: 'refused' };

/** Brings payloads to an app. */
export interface Transport {
  send(sending: Sending): Promise<Outcome>;
}

/** Source: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/interactivity/handling-user-interaction */
export const answerWithinMs = 3000;

import type { App } from './apps.js';
import type { SlackClock } from './clock.js';
import { newSecret } from './ids.js';

export interface Grant {
  readonly app: App;
  readonly team: string;
  readonly user: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string | undefined;
}

/** Ten minutes. Source: https://docs.slack.dev/authentication/installing-with-oauth */
const codeForMs = 600_000;

/** Codes that people's browsers bring to the app. Each serves once. */
export class Oauth {
  readonly #grants = new Map<string, { readonly grant: Grant; readonly untilMs: number }>();

  constructor(private readonly clock: SlackClock) {}

  grant(grant: Grant): string {
    const code = `${newSecret(6)}.${newSecret(6)}.${newSecret(32)}`;
    this.#grants.set(code, { grant, untilMs: this.clock.nowMs() + codeForMs });
    return code;
  }

  redeem(code: string): Grant | undefined {
    const known = this.#grants.get(code);
    this.#grants.delete(code);
    return known === undefined || this.clock.nowMs() > known.untilMs ? undefined : known.grant;
  }
}

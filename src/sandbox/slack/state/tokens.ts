import { SlackError } from '../slack-error.js';
import type { Installation } from './apps.js';
import type { SlackClock } from './clock.js';
import { newSecret } from './ids.js';

interface Token {
  readonly installation: Installation;
  isRevoked: boolean;
  expiresMs: number;
}

/** A bot's token and, where the app rotates them, what its next one is had for. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresInSeconds?: number;
}

/** Twelve hours. Source: https://docs.slack.dev/authentication/using-token-rotation/ */
const rotatingForSeconds = 43_200;

/** The tokens of bots. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #refreshing = new Map<string, Installation>();

  constructor(private readonly clock: SlackClock) {}

  /** The same one again for whoever has one that never ends. */
  issue(installation: Installation, wanted?: string): IssuedToken {
    if (installation.app.tokenRotation) return this.#rotate(installation);
    const known = [...this.#tokens].find(([, token]) => token.installation === installation && !token.isRevoked);
    if (known !== undefined && wanted === undefined) return { accessToken: known[0] };
    const accessToken = wanted ?? `xoxb-${newSecret(8)}-${newSecret(12)}`;
    this.#tokens.set(accessToken, { installation, isRevoked: false, expiresMs: Infinity });
    return { accessToken };
  }

  /** A refresh token serves once. Undefined where it is not known. */
  refresh(refreshToken: string): { readonly installation: Installation; readonly token: IssuedToken } | undefined {
    const installation = this.#refreshing.get(refreshToken);
    if (installation === undefined || installation.state === 'uninstalled') return undefined;
    this.#refreshing.delete(refreshToken);
    return { installation, token: this.#rotate(installation) };
  }

  /** Throws SlackError `invalid_auth`, `account_inactive`, `token_revoked` or `token_expired`. */
  check(accessToken: string): Installation {
    const token = this.#tokens.get(accessToken);
    if (token === undefined) throw new SlackError('invalid_auth');
    if (token.installation.state === 'uninstalled') throw new SlackError('account_inactive');
    if (token.isRevoked) throw new SlackError('token_revoked');
    if (this.clock.nowMs() >= token.expiresMs) throw new SlackError('token_expired');
    return token.installation;
  }

  /** Every token of the installation, or the one that is named. */
  revoke(installation: Installation, accessToken?: string): void {
    for (const [text, token] of this.#tokens) {
      if (token.installation !== installation) continue;
      if (accessToken === undefined || accessToken === text) token.isRevoked = true;
    }
    for (const [text, whose] of this.#refreshing) if (whose === installation) this.#refreshing.delete(text);
  }

  #rotate(installation: Installation): IssuedToken {
    const accessToken = `xoxe.xoxb-1-${newSecret(24)}`;
    const refreshToken = `xoxe-1-${newSecret(24)}`;
    const expiresMs = this.clock.nowMs() + rotatingForSeconds * 1000;
    this.#tokens.set(accessToken, { installation, isRevoked: false, expiresMs });
    this.#refreshing.set(refreshToken, installation);
    return { accessToken, refreshToken, expiresInSeconds: rotatingForSeconds };
  }
}

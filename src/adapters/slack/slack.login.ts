import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import { z } from 'zod';
import type { AppApi, ClientProof, GrantedAnswer, LoginAnswer } from './api/app.api.js';
import type { SlackClient } from './slack.client.js';
import { loginRefused, notInstalled } from './slack.errors.js';
import type { SlackSettings } from './slack.settings.js';

const storeKey = 'installation';
const installationSchema = z.object({
  token: z.string(),
  team: z.string(),
  /** Of an app that rotates its tokens: what the next one is had for, once. */
  refreshToken: z.string().optional(),
  expiresAt: z.string().optional(),
  /** When somebody installed it; Slack may grant the same token again. */
  installedAt: z.string().optional(),
});
type Installation = z.infer<typeof installationSchema>;

/** A token is changed this long before it ends. */
const aheadMs = 2 * 3_600_000;
const againMs = 60_000;
const longestSleepMs = 3_600_000;
/** How often it is looked whether somebody installed the app anew. */
const lookEveryMs = 5000;
/** What Slack refused it is asked about again so long after. */
const refusedForMs = 60_000;

/** What Slack said to an installation. */
interface Refusal {
  readonly installation: string;
  readonly message: string;
  readonly untilMs: number;
}

export interface LoginParts {
  readonly app: AppApi;
  readonly client: SlackClient;
  readonly store: AccountStore;
  readonly settings: Pick<SlackSettings, 'botToken' | 'clientId' | 'clientSecret' | 'team' | 'url'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** By which token the app acts: that of the settings, else that of the installation, which may end and be followed by another. */
export class SlackLogin {
  #used: string | undefined;
  #refusal: Refusal | undefined;

  constructor(private readonly parts: LoginParts) {}

  /** Throws LoginRefused where there is no installation, or Slack does not accept it. */
  async logIn(signal: AbortSignal): Promise<LoginAnswer> {
    const { app, settings } = this.parts;
    if (settings.botToken !== undefined) {
      this.#use(settings.botToken);
      return app.whoami(signal);
    }
    const kept = await this.#kept();
    if (kept === undefined) throw notInstalled({ url: settings.url, afterMs: lookEveryMs });
    this.#checkRefusal(kept);
    let installation = kept;
    try {
      installation = await this.#fresh(kept, signal);
      this.#use(installation.token);
      return await app.whoami(signal);
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      const untilMs = this.parts.clock.monotonicMs() + refusedForMs;
      this.#refusal = { installation: JSON.stringify(installation), message: error.message, untilMs };
      throw loginRefused(error.message, lookEveryMs);
    }
  }

  /** What people were given by Slack's own page is kept, and used from the next login on. Throws LoginRefused for another workspace. */
  async install(granted: GrantedAnswer): Promise<void> {
    const { team } = this.parts.settings;
    if (granted.team.id !== team) {
      throw loginRefused(`it was installed in the workspace ${granted.team.id}, the settings say ${team ?? 'none'}`);
    }
    const installedAt = this.parts.clock.now().toISOString();
    await this.#keep({ ...installationIn(granted, this.parts.clock), installedAt });
    this.parts.log.info({ team }, 'the app was installed');
  }

  /** Changes the token in time, until `signal` aborts. */
  async keepFresh(signal: AbortSignal): Promise<void> {
    const { clock, log, settings } = this.parts;
    while (!signal.aborted && settings.botToken === undefined) {
      let pauseMs = longestSleepMs;
      try {
        const kept = await this.#kept();
        if (kept?.expiresAt !== undefined) {
          const fresh = await this.#fresh(kept, signal);
          // Also where another replica changed it.
          if (fresh.token !== this.#used) this.#use(fresh.token);
          pauseMs = Math.min(pauseMs, Math.max(againMs, this.#leftMs(fresh)));
        }
      } catch (error) {
        if (!(error instanceof BridgeError) || error instanceof LoginRefused) throw error;
        log.warn({ error }, 'the token could not be changed yet');
        pauseMs = againMs;
      }
      await clock.sleep(pauseMs, signal);
    }
  }

  #checkRefusal(installation: Installation): void {
    const refusal = this.#refusal;
    if (refusal === undefined || refusal.untilMs <= this.parts.clock.monotonicMs()) return;
    if (refusal.installation === JSON.stringify(installation)) throw loginRefused(refusal.message, lookEveryMs);
  }

  #use(token: string): void {
    this.#used = token;
    this.parts.client.use(token);
  }

  async #fresh(installation: Installation, signal: AbortSignal): Promise<Installation> {
    const { refreshToken } = installation;
    const proof = this.#proof();
    if (refreshToken === undefined || proof === undefined || this.#leftMs(installation) > 0) return installation;
    try {
      const granted = await this.parts.app.refresh(refreshToken, proof, signal);
      const next = installationIn(granted, this.parts.clock);
      await this.#keep(next);
      return next;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      // What the next token is had for serves once: another replica may have been there first.
      const now = await this.#kept();
      if (now !== undefined && now.refreshToken !== refreshToken) return now;
      if (error.failure.retry === 'never') throw loginRefused(`the token cannot be renewed: ${error.message}`);
      throw error;
    }
  }

  #leftMs({ expiresAt }: Installation): number {
    return expiresAt === undefined ? Infinity : Date.parse(expiresAt) - aheadMs - this.parts.clock.now().getTime();
  }

  #proof(): ClientProof | undefined {
    const { clientId, clientSecret } = this.parts.settings;
    if (clientId === undefined || clientSecret === undefined) return undefined;
    return { client_id: clientId, client_secret: clientSecret };
  }

  async #kept(): Promise<Installation | undefined> {
    const parsed = installationSchema.safeParse(await this.parts.store.get(storeKey));
    return parsed.success ? parsed.data : undefined;
  }

  async #keep(installation: Installation): Promise<void> {
    await this.parts.store.put(storeKey, installation, { secret: true });
  }
}

function installationIn(granted: GrantedAnswer, clock: Clock): Installation {
  const { access_token: token, refresh_token: refreshToken, expires_in: seconds, team } = granted;
  return {
    token,
    team: team.id,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(seconds === undefined ? {} : { expiresAt: new Date(clock.now().getTime() + seconds * 1000).toISOString() }),
  };
}

import type { SandboxBot } from './settings.js';
import type { InstalledBot } from './state/bots.js';
import type { TalkState } from './state/talk-state.js';

/** Bots, as administrators install them and moderators turn them on. */
export class TalkBots {
  constructor(private readonly state: TalkState) {}

  /** Installs a bot, as an administrator does; it is off in every room. */
  install(bot: SandboxBot): void {
    this.state.bots.install(bot);
  }

  /** Takes a bot away, as an administrator does; it is off in every room. */
  uninstall(name: string): void {
    this.state.uninstallBot(this.#bot(name));
  }

  turnOn(token: string, name: string): void {
    this.state.turnBotOn(this.state.room(token), this.#bot(name));
  }

  turnOff(token: string, name: string): void {
    this.state.turnBotOff(this.state.room(token), this.#bot(name));
  }

  #bot(name: string): InstalledBot {
    const bot = this.state.bots.byName(name);
    if (bot === undefined) throw new Error(`no bot ${name}`);
    return bot;
  }
}

import type { SlackClock } from './clock.js';
import { newId, newSecret } from './ids.js';
import type { JsonObject } from './json.js';

interface Trigger {
  readonly user: string;
  readonly untilMs: number;
  isUsed: boolean;
}

export interface OpenView {
  readonly id: string;
  readonly user: string;
  readonly appId: string;
  view: JsonObject;
  hash: string;
}

/** Three seconds. Source: https://docs.slack.dev/interactivity/handling-user-interaction */
const triggerForMs = 3000;

/** Modals, and the triggers that open them. */
export class Views {
  readonly #triggers = new Map<string, Trigger>();
  readonly #views = new Map<string, OpenView>();

  constructor(private readonly clock: SlackClock) {}

  newTrigger(user: string): string {
    const id = `${this.clock.nowSeconds()}.${newSecret(4)}.${newSecret(16)}`;
    this.#triggers.set(id, { user, untilMs: this.clock.nowMs() + triggerForMs, isUsed: false });
    return id;
  }

  /** Whose trigger it is, or why it does not serve. */
  useTrigger(
    id: string,
  ): { readonly user: string } | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' {
    const trigger = this.#triggers.get(id);
    if (trigger === undefined) return 'invalid_trigger_id';
    if (trigger.isUsed) return 'exchanged_trigger_id';
    if (this.clock.nowMs() > trigger.untilMs) return 'expired_trigger_id';
    trigger.isUsed = true;
    return { user: trigger.user };
  }

  open(user: string, appId: string, view: JsonObject): OpenView {
    const opened: OpenView = { id: newId('V'), user, appId, view, hash: newSecret(8) };
    this.#views.set(opened.id, opened);
    return opened;
  }

  get(id: string): OpenView | undefined {
    return this.#views.get(id);
  }

  update(opened: OpenView, view: JsonObject): void {
    opened.view = view;
    opened.hash = newSecret(8);
  }

  all(): readonly OpenView[] {
    return [...this.#views.values()];
  }
}

import type { Accounts } from './accounts.js';
import { randomText } from './random-text.js';

interface LoginFlow {
  readonly pollToken: string;
  readonly flowToken: string;
  granted: { readonly loginName: string; readonly appPassword: string } | undefined;
}

export interface GrantedLogin {
  readonly loginName: string;
  readonly appPassword: string;
}

/** Login Flow v2: a client polls until a person has granted it an app password. */
export class LoginFlows {
  readonly #byPollToken = new Map<string, LoginFlow>();
  readonly #byFlowToken = new Map<string, LoginFlow>();

  constructor(private readonly accounts: Accounts) {}

  start(): { readonly pollToken: string; readonly flowToken: string } {
    const flow: LoginFlow = {
      pollToken: randomText(128, 'secret'),
      flowToken: randomText(128, 'secret'),
      granted: undefined,
    };
    this.#byPollToken.set(flow.pollToken, flow);
    this.#byFlowToken.set(flow.flowToken, flow);
    return flow;
  }

  isOpen(flowToken: string): boolean {
    return this.#byFlowToken.has(flowToken);
  }

  /** Answers false where the flow is unknown or used up. */
  grant(flowToken: string, userId: string): boolean {
    const flow = this.#byFlowToken.get(flowToken);
    if (flow === undefined || this.accounts.get(userId) === undefined) return false;
    flow.granted = { loginName: userId, appPassword: this.accounts.issueAppPassword(userId) };
    this.#byFlowToken.delete(flowToken);
    return true;
  }

  /** Gives what was granted once. */
  collect(pollToken: string): GrantedLogin | undefined {
    const granted = this.#byPollToken.get(pollToken)?.granted;
    if (granted !== undefined) this.#byPollToken.delete(pollToken);
    return granted;
  }
}

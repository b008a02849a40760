import type { Activity, Readiness, Retried, Sight, Status, Way } from './api.types.js';

/** The service refuses, in a sentence of its own. */
export class Refused extends Error {}
/** The token is missing or old. */
export class Locked extends Error {}
/** Nobody answers. */
export class Away extends Error {}

const askAgainMs = 1_500;
const remembered = 'crosstalk token';

/** What the service is asked, with the token of the page's address or of the form. */
export class Api {
  #token = tokenOfAddress() ?? sessionStorage.getItem(remembered) ?? '';

  /** For as long as the tab is open. */
  useToken(token: string): void {
    this.#token = token;
    sessionStorage.setItem(remembered, token);
  }

  status(signal: AbortSignal): Promise<Status> {
    return this.#ask('GET', 'api/status', { signal });
  }

  activity(signal: AbortSignal): Promise<Activity> {
    return this.#ask('GET', 'api/activity', { signal });
  }

  ways(id: string): Promise<Way[]> {
    return this.#ask('GET', `api/ways?id=${encodeURIComponent(id)}`);
  }

  async readiness(signal: AbortSignal): Promise<Readiness> {
    const answer = await reach('health/ready', { signal });
    if (answer.ok) return { ready: true };
    const { waitsFor } = (await answer.json()) as { waitsFor?: string[] };
    return { ready: false, waitsFor: waitsFor ?? [] };
  }

  pause(link: string): Promise<unknown> {
    return this.#ask('POST', `api/links/${encodeURIComponent(link)}/pause`);
  }

  resume(link: string, from: 'now' | 'where it stopped'): Promise<unknown> {
    return this.#ask('POST', `api/links/${encodeURIComponent(link)}/resume`, { body: { from } });
  }

  async retry(which: readonly string[] | 'all'): Promise<Retried> {
    const body = which === 'all' ? { all: true } : { deliveries: which };
    const { retried } = await this.#ask<{ retried: Retried }>('POST', 'api/retry', { body });
    return retried;
  }

  /** Tells of every delivery as it comes and changes, until `signal` aborts; begins again where the connection breaks. */
  async follow(tell: (sight: Sight) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#followOnce(tell, signal);
      } catch (error) {
        if (error instanceof Locked) return;
        // Whoever asks for the status sees that nobody answers, and says so.
      }
      await pause(askAgainMs, signal);
    }
  }

  // EventSource cannot show a token, and one in the address would be written into logs on the way.
  async #followOnce(tell: (sight: Sight) => void, signal: AbortSignal): Promise<void> {
    const answer = await this.#call('GET', 'api/feed', { signal });
    let text = '';
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + piece).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (\{.*)$/m.exec(block)?.[1];
        if (data !== undefined) tell(JSON.parse(data) as Sight);
      }
    }
  }

  async #ask<T>(method: string, path: string, more: { body?: object; signal?: AbortSignal } = {}): Promise<T> {
    const answer = await this.#call(method, path, more);
    return (await answer.json()) as T;
  }

  async #call(
    method: string,
    path: string,
    { body, signal }: { body?: object; signal?: AbortSignal },
  ): Promise<Response> {
    const answer = await reach(path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.ok) return answer;
    if (answer.status === 401) throw new Locked();
    const refusal = (await answer.json().catch(() => ({}))) as { error?: string };
    throw new Refused(refusal.error ?? `${answer.status} ${answer.statusText}`);
  }
}

function tokenOfAddress(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    throw new Away('', { cause });
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

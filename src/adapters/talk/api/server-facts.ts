import type { z } from 'zod';
import type { Clock } from '../../../model/clock.js';
import type { Log } from '../../../model/network-definition.js';
import { lacksCapability, talkMissing } from '../talk.errors.js';
import type { SpreedCapabilities, serverCapabilities } from '../talk.payloads.js';
import type { AnyEndpoint } from './endpoint.js';
import type { SignalingSettings } from './signaling.endpoints.js';

type ServerCapabilities = z.infer<typeof serverCapabilities>;

/** What the server is asked for. */
export interface FactSources {
  capabilities(signal: AbortSignal): Promise<ServerCapabilities>;
  signalingSettings(token: string | undefined, signal: AbortSignal): Promise<SignalingSettings>;
}

interface Fact<T> {
  readonly value: Promise<T>;
  readonly sinceMs: number;
}

/** What the server can and how its sessions connect: asked once, and again when it says that something changed or when it is old. */
export class ServerFacts {
  readonly #signaling = new Map<string, Fact<SignalingSettings>>();
  #capabilities: Fact<SpreedCapabilities> | undefined;
  #isRenewing = false;

  constructor(
    private readonly sources: FactSources,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly maxAgeMs: number,
    private readonly requestTimeoutMs: number,
  ) {}

  /** Throws NetworkUnavailable where the server has no Talk for us. */
  async capabilities(): Promise<SpreedCapabilities> {
    const known = this.#capabilities;
    if (known !== undefined && this.#isFresh(known)) return known.value;
    const fact = this.#fact(this.sources.capabilities(this.#inTime()).then(talkIn));
    this.#capabilities = fact;
    // What failed is asked for again by whoever needs it next.
    fact.value.catch(() => {
      if (this.#capabilities === fact) this.#capabilities = undefined;
    });
    return fact.value;
  }

  /** What was just read is known. */
  keep(capabilities: SpreedCapabilities): void {
    this.#capabilities = this.#fact(Promise.resolve(capabilities));
  }

  /** How a session in a room connects, or one in no room. */
  async signalingSettings(token?: string): Promise<SignalingSettings> {
    const key = token ?? '';
    const known = this.#signaling.get(key);
    if (known !== undefined && this.#isFresh(known)) return known.value;
    const fact = this.#fact(this.sources.signalingSettings(token, this.#inTime()));
    this.#signaling.set(key, fact);
    fact.value.catch(() => {
      if (this.#signaling.get(key) === fact) this.#signaling.delete(key);
    });
    return fact.value;
  }

  /** Throws MessageRefused where the server lacks what an endpoint needs. */
  async require({ name, needs }: Pick<AnyEndpoint, 'name' | 'needs'>): Promise<void> {
    if (needs === undefined) return;
    const { features, 'features-local': local } = await this.capabilities();
    if (!features.includes(needs) && !local.includes(needs)) throw lacksCapability(name, needs);
  }

  /**
   * The server said that something changed: what it can, and how a session in no room connects, is read again at once; how those
   * in rooms do, when somebody needs it. What is read for this says that it changed too, and means the same.
   */
  renew(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    this.#capabilities = undefined;
    this.#signaling.clear();
    void Promise.all([this.capabilities(), this.signalingSettings()])
      .then(
        ([{ version }, { signalingMode }]) => this.log.info({ talk: version, signalingMode }, 'the server has changed'),
        (error: unknown) => this.log.warn({ error }, 'the server has changed, and does not say yet how'),
      )
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  #fact<T>(value: Promise<T>): Fact<T> {
    return { value, sinceMs: this.clock.monotonicMs() };
  }

  #isFresh({ sinceMs }: Fact<unknown>): boolean {
    return this.clock.monotonicMs() - sinceMs < this.maxAgeMs;
  }

  /** Several may wait for one request: nobody's own signal ends it. */
  #inTime(): AbortSignal {
    return AbortSignal.timeout(this.requestTimeoutMs);
  }
}

function talkIn({ capabilities: { spreed } }: ServerCapabilities): SpreedCapabilities {
  if (spreed === undefined) throw talkMissing();
  return spreed;
}

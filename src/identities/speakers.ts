import type { Clock } from '../model/clock.js';
import type { Capabilities, SpeakerKind, SpeakerWish } from '../model/capabilities.js';
import type { UserRef } from '../model/ids.js';
import type { FileStream, NetworkAdapter, Speaker, UserProfile } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { ShownNames } from './shown-names.js';

export interface SpeakerOptions {
  /** What people call the network of an account: `Talk`. */
  label(account: string): string;
  readonly profileForMs: number;
  /** A source that does not answer delays a delivery by no more than this. */
  readonly waitMs: number;
}

interface Remembered {
  readonly profile: UserProfile;
  readonly untilMs: number;
}

const mostRemembered = 10_000;

/** Pure: who is to be seen to speak in a room, as far as it has such, and who where that one turns out not to. */
export function speakersIn(
  { speakers }: Pick<Capabilities, 'speakers'>,
  wish: SpeakerWish,
): readonly [SpeakerKind, SpeakerKind] {
  const [first = 'relay', second = 'relay'] = speakers.filter((kind) => wish === 'auto' || kind === wish);
  return [first, second];
}

/** Those who are seen to say something, and what people look like on the network they come from. */
export class Speakers {
  readonly #profiles = new Map<string, Remembered>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(
    private readonly adapters: ReadonlyMap<string, NetworkAdapter>,
    private readonly names: ShownNames,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: SpeakerOptions,
  ) {}

  label(account: string): string {
    return this.options.label(account);
  }

  /** Our own account, in nobody's name. `cause`: who did what it tells. */
  bridge(cause: UserRef): Speaker {
    const openAvatar = (): Promise<FileStream> => Promise.reject(new Error('there is no picture to open'));
    return { as: 'bridge', person: cause, networkLabel: '', profile: { name: '' }, openAvatar };
  }

  async choose(person: UserRef, { as, otherwise }: Pick<Speaker, 'as' | 'otherwise'>): Promise<Speaker> {
    const profile = await this.#profile(person);
    const networkLabel = this.options.label(person.account);
    // The name at that moment is newer than any remembered profile.
    const name = person.name === '' ? profile.name : person.name;
    return {
      as,
      ...(otherwise === undefined ? {} : { otherwise }),
      person,
      networkLabel,
      profile: { ...profile, name: await this.names.of(person, name, networkLabel, profile.handle ?? person.id) },
      openAvatar: (signal) => this.#openAvatar(person, profile, signal),
    };
  }

  async #profile(person: UserRef): Promise<UserProfile> {
    const key = `${person.account}\n${person.id}`;
    const known = this.#profiles.get(key);
    if (known !== undefined && known.untilMs > this.clock.monotonicMs()) return known.profile;
    const asked = this.#asked.get(key) ?? this.#ask(person, key);
    const waited = new AbortController();
    // An outdated picture is better than a late message.
    await Promise.race([asked, this.clock.sleep(known === undefined ? this.options.waitMs : 0, waited.signal)]);
    waited.abort();
    return this.#profiles.get(key)?.profile ?? { name: person.name };
  }

  #ask(person: UserRef, key: string): Promise<void> {
    const adapter = this.adapters.get(person.account);
    if (adapter === undefined || person.standing === 'system') return Promise.resolve();
    const asked = adapter
      .describeUser(person.id, AbortSignal.timeout(this.options.waitMs * 5))
      .catch((error: unknown): UserProfile => {
        this.log.debug({ account: person.account, error }, 'a person could not be described');
        return { name: person.name };
      })
      .then((profile) => {
        this.#remember(key, profile);
        this.#asked.delete(key);
      });
    this.#asked.set(key, asked);
    return asked;
  }

  #remember(key: string, profile: UserProfile): void {
    this.#profiles.delete(key);
    this.#profiles.set(key, { profile, untilMs: this.clock.monotonicMs() + this.options.profileForMs });
    const [oldest] = this.#profiles.keys();
    if (this.#profiles.size > mostRemembered && oldest !== undefined) this.#profiles.delete(oldest);
  }

  async #openAvatar(person: UserRef, profile: UserProfile, signal: AbortSignal): Promise<FileStream> {
    const adapter = this.adapters.get(person.account);
    if (adapter === undefined || profile.avatar === undefined) throw new Error('there is no picture to open');
    return adapter.openFile(profile.avatar.file, signal);
  }
}

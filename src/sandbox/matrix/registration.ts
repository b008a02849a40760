/** An application service's registration, with the keys of its YAML file. */
export interface AppserviceRegistration {
  readonly id: string;
  /** Null: nothing is pushed. */
  readonly url: string | null;
  readonly as_token: string;
  readonly hs_token: string;
  readonly sender_localpart: string;
  readonly namespaces: {
    readonly users?: readonly RegistrationNamespace[];
    readonly aliases?: readonly RegistrationNamespace[];
    readonly rooms?: readonly RegistrationNamespace[];
  };
  readonly rate_limited?: boolean;
  readonly receive_ephemeral?: boolean;
  readonly 'de.sorunome.msc2409.push_ephemeral'?: boolean;
  readonly 'io.element.msc4190'?: boolean;
}

export interface RegistrationNamespace {
  readonly regex: string;
  readonly exclusive: boolean;
}

interface Namespace {
  readonly pattern: RegExp;
  readonly exclusive: boolean;
}

// The reference server anchors an expression at its start only.
const compile = (namespaces: readonly RegistrationNamespace[] = []): readonly Namespace[] =>
  namespaces.map(({ regex, exclusive }) => ({ pattern: new RegExp(`^(?:${regex})`, 's'), exclusive }));

/** A registration that answers what belongs to it. */
export class Appservice {
  readonly id: string;
  readonly senderId: string;
  readonly #users: readonly Namespace[];
  readonly #aliases: readonly Namespace[];
  readonly #rooms: readonly Namespace[];
  readonly #userVerdicts = new Map<string, boolean>();

  constructor(
    readonly registration: AppserviceRegistration,
    serverName: string,
  ) {
    this.id = registration.id;
    this.senderId = `@${registration.sender_localpart}:${serverName}`;
    this.#users = compile(registration.namespaces.users);
    this.#aliases = compile(registration.namespaces.aliases);
    this.#rooms = compile(registration.namespaces.rooms);
  }

  /** The address without a slash at its end; undefined where nothing is to be pushed. */
  get url(): string | undefined {
    return this.registration.url === null || this.registration.url === ''
      ? undefined
      : this.registration.url.replace(/\/+$/, '');
  }

  get wantsEphemeral(): boolean {
    return (
      this.registration.receive_ephemeral === true || this.registration['de.sorunome.msc2409.push_ephemeral'] === true
    );
  }

  /** Its own sender, or a user of its namespaces. */
  ownsUser(userId: string): boolean {
    const known = this.#userVerdicts.get(userId);
    if (known !== undefined) return known;
    const owns = userId === this.senderId || matching(this.#users, userId) !== undefined;
    this.#userVerdicts.set(userId, owns);
    return owns;
  }

  reservesUser(userId: string): boolean {
    return userId === this.senderId || (matching(this.#users, userId)?.exclusive ?? false);
  }

  ownsAlias(alias: string): boolean {
    return matching(this.#aliases, alias) !== undefined;
  }

  reservesAlias(alias: string): boolean {
    return matching(this.#aliases, alias)?.exclusive ?? false;
  }

  ownsRoom(roomId: string): boolean {
    return matching(this.#rooms, roomId) !== undefined;
  }
}

function matching(namespaces: readonly Namespace[], text: string): Namespace | undefined {
  return namespaces.find(({ pattern }) => pattern.test(text));
}

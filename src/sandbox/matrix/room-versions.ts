/** How one room version differs, as far as clients and application services can see. Source: the specification's "Room versions". */
export interface RoomVersion {
  readonly id: string;
  readonly eventIds: 'domain' | 'base64' | 'base64url';
  /** Version 12: the room id is made of the create event's id and names no server. */
  readonly roomIds: 'domain' | 'hash';
  /** Version 12: creators stand above every power level and are not listed in it. */
  readonly creatorPower: 'listed' | 'infinite';
  /** Up to version 10 the create event names its creator in its content. */
  readonly creatorField: boolean;
  /** From version 11 `redacts` lies in the content, and redacting keeps more keys. */
  readonly redactsInContent: boolean;
  readonly knocking: boolean;
  readonly restrictedJoins: boolean;
  readonly keepsJoinAuthority: boolean;
  readonly knockRestricted: boolean;
  readonly integerPowerLevels: boolean;
  readonly notificationLevelsGuarded: boolean;
  readonly strictJson: boolean;
  readonly aliasesProtected: boolean;
}

function describe(number: number): RoomVersion {
  return {
    id: String(number),
    eventIds: number <= 2 ? 'domain' : number === 3 ? 'base64' : 'base64url',
    roomIds: number >= 12 ? 'hash' : 'domain',
    creatorPower: number >= 12 ? 'infinite' : 'listed',
    creatorField: number <= 10,
    redactsInContent: number >= 11,
    knocking: number >= 7,
    restrictedJoins: number >= 8,
    keepsJoinAuthority: number >= 9,
    knockRestricted: number >= 10,
    integerPowerLevels: number >= 10,
    notificationLevelsGuarded: number >= 6,
    strictJson: number >= 6,
    aliasesProtected: number <= 5,
  };
}

export const roomVersions: ReadonlyMap<string, RoomVersion> = new Map(
  Array.from({ length: 12 }, (_, index) => [String(index + 1), describe(index + 1)]),
);

/** What `createRoom` takes where nobody says, as the reference server's setting does. */
export const defaultRoomVersion = '12';

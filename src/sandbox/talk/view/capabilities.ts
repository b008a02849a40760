import { createHash } from 'node:crypto';
import type { TalkVersion } from '../settings.js';
import { otherCapabilities, serverVersion, talkCapabilities } from './capabilities.data.js';

/** What differs from the server that was recorded. */
export interface Abilities {
  readonly version: TalkVersion;
  readonly federates: boolean;
  readonly records: boolean;
  readonly hasPhones: boolean;
  readonly dialsOut: boolean;
  readonly signaling: 'internal' | 'external';
  /** How a signaling server checks tokens, where there is one. */
  readonly helloKey: string | undefined;
}

const featuresOf23 = ['pinned-messages', 'scheduled-messages'];

/** What an account keeps to itself: 1. */
export interface Privacy {
  readonly read: 0 | 1;
  readonly typing: 0 | 1;
}

/** Who is logged in: what they chose for themselves. */
export interface Chosen {
  readonly privacy: Privacy;
  readonly attachmentFolder: string;
}

/** Without a login some abilities are not there. */
export function capabilitiesOfTalk(abilities: Abilities, chosen: Chosen | undefined): unknown {
  const { privacy, attachmentFolder: folder } = chosen ?? {};
  const hasAccount = chosen !== undefined;
  const { version, federates, records, hasPhones, dialsOut, signaling, helloKey } = abilities;
  const { config } = talkCapabilities;
  const isNew = version === 23;
  const forGuests = { 'can-upload-background': false, 'can-enable-sip': false, 'play-sounds': true };
  const federation = {
    enabled: federates,
    'incoming-enabled': federates && hasAccount,
    'outgoing-enabled': federates && hasAccount,
    'only-trusted-servers': !federates,
  };
  return {
    ...talkCapabilities,
    features: isNew ? [...talkCapabilities.features, ...featuresOf23] : talkCapabilities.features,
    config: {
      ...config,
      attachments: hasAccount ? { ...config.attachments, folder } : { allowed: false },
      call: {
        ...config.call,
        recording: records,
        'sip-enabled': hasPhones,
        'sip-dialout-enabled': dialsOut,
        ...(hasAccount ? {} : forGuests),
      },
      chat: { ...config.chat, 'read-privacy': privacy?.read ?? 0, 'typing-privacy': privacy?.typing ?? 0 },
      conversations: { ...config.conversations, 'can-create': hasAccount },
      federation,
      signaling: {
        ...config.signaling,
        mode: signaling,
        ...(helloKey === undefined ? {} : { 'hello-v2-token-key': helloKey }),
      },
    },
    version: isNew ? '23.0.0' : talkCapabilities.version,
  };
}

/** The whole server's answer to `GET /cloud/capabilities`. */
export function capabilitiesOfServer(base: string, abilities: Abilities, chosen: Chosen | undefined): unknown {
  const others = JSON.parse(JSON.stringify(otherCapabilities).replaceAll('{base}', base)) as typeof otherCapabilities;
  const { bruteforce, theming } = others;
  const seen = chosen !== undefined ? others : { bruteforce, theming };
  return { version: serverVersion, capabilities: { ...seen, spreed: capabilitiesOfTalk(abilities, chosen) } };
}

const hashes = new Map<string, string>();

/** `X-Nextcloud-Talk-Hash`: the same as long as capabilities and settings are, but another one for each endpoint and login. */
export function talkHash(abilities: Abilities, endpoint: 'rooms' | 'room' | 'capabilities', userId: string): string {
  // The list of rooms and one room share theirs for a login, as recorded.
  const family = endpoint === 'capabilities' ? 'capabilities' : 'rooms';
  const key = `${family}/${userId}/${JSON.stringify(abilities)}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha1').update(key).update(JSON.stringify(talkCapabilities)).digest('hex');
  hashes.set(key, hash);
  return hash;
}

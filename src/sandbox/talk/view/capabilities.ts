import { createHash } from 'node:crypto';
import { otherCapabilities, serverVersion, talkCapabilities } from './capabilities.data.js';

/** Without a login some abilities are not there. */
export function capabilitiesOfTalk(hasAccount: boolean): unknown {
  return hasAccount ? talkCapabilities : capabilitiesForGuests;
}

const { config } = talkCapabilities;
const capabilitiesForGuests = {
  ...talkCapabilities,
  config: {
    ...config,
    attachments: { allowed: false },
    call: { ...config.call, 'can-upload-background': false, 'can-enable-sip': false, 'play-sounds': true },
    conversations: { ...config.conversations, 'can-create': false },
  },
};

/** The whole server's answer to `GET /cloud/capabilities`. */
export function capabilitiesOfServer(base: string, hasAccount: boolean): unknown {
  const others = JSON.parse(JSON.stringify(otherCapabilities).replaceAll('{base}', base)) as typeof otherCapabilities;
  const { bruteforce, theming } = others;
  const seen = hasAccount ? others : { bruteforce, theming };
  return { version: serverVersion, capabilities: { ...seen, spreed: capabilitiesOfTalk(hasAccount) } };
}

const hashes = new Map<string, string>();

/** `X-Nextcloud-Talk-Hash`: the same as long as capabilities and settings are, but another one for each endpoint and login. */
export function talkHash(endpoint: 'rooms' | 'room' | 'capabilities', userId: string): string {
  // The list of rooms and one room share theirs for a login, as recorded.
  const family = endpoint === 'capabilities' ? 'capabilities' : 'rooms';
  const key = `${family}/${userId}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha1').update(key).update(JSON.stringify(talkCapabilities)).digest('hex');
  hashes.set(key, hash);
  return hash;
}

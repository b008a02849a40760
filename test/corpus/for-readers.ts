import { matrixAddresses } from '../../src/adapters/matrix/matrix.addresses.js';
import { slackAddresses } from '../../src/adapters/slack/slack.addresses.js';
import { talkAddressOf, talkPlaceIn } from '../../src/adapters/talk/talk.ids.js';
import { withContacts } from '../../src/media/contacts.js';
import type { Addresses } from '../../src/model/addresses.js';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { type FileRef, remoteId, roomId, userId } from '../../src/model/ids.js';
import type { FileStream } from '../../src/model/network-adapter.js';
import { type MentionLookup, translated } from '../../src/pipeline/mentions.js';
import { type PermalinkLookup, placesIn, withPermalinks } from '../../src/pipeline/permalinks.js';
import { type Given, type Network, networks } from './corpus.types.js';
import { aliases, people, rooms, slackSelf, talkServer, thePlan } from './reading.js';

export const networkOf = (account: string): Network | undefined =>
  networks.find((network) => rooms[network].account === account);

const addresses: Readonly<Record<Network, Addresses>> = {
  talk: {
    placeIn: (url) => Promise.resolve(talkPlaceIn(url, talkServer)),
    addressOf: (place) => Promise.resolve(talkAddressOf(place, talkServer)),
  },
  matrix: matrixAddresses(
    {
      roomOf: (alias) => Promise.resolve(Object.hasOwn(aliases, alias) ? roomId(aliases[alias] ?? '') : undefined),
    },
    'real.test',
  ),
  slack: slackAddresses({ addressOf: () => Promise.resolve(undefined) }, () => slackSelf),
};

const lookup: MentionLookup & PermalinkLookup = {
  personOn: (account, user) => {
    const person = people.find((each) => networkOf(user.account) !== undefined && idOn(user.account, each) === user.id);
    const id = person === undefined ? undefined : idOn(account, person);
    return id === undefined ? undefined : userId(id);
  },
  linkedRoom: ({ account, id }, to) => {
    const isLinked = Object.values(rooms).some((room) => room.account === account && room.id === id);
    return Promise.resolve(isLinked ? Object.values(rooms).find((room) => room.account === to)?.id : undefined);
  },
  placesIn: (url, signal) =>
    placesIn(
      networks.map((network) => ({ account: rooms[network].account, addresses: addresses[network] })),
      url,
      signal,
    ),
  copyOn: ({ room, id }, target) => {
    const [from, to] = [networkOf(room.account), networkOf(target.account)];
    const isIt = from !== undefined && rooms[from].id === room.id && thePlan[from] === id;
    return Promise.resolve(isIt && to !== undefined ? { room: target, id: remoteId(thePlan[to]) } : undefined);
  },
};

function idOn(account: string, person: Readonly<Record<Network, string>>): string | undefined {
  const network = networkOf(account);
  return network === undefined ? undefined : person[network];
}

/** The event with the people, rooms and messages that it names as readers of the target know them, and who is on its contact cards. */
export async function forReaders(
  event: BridgeEvent,
  target: Network,
  { contents = {} }: Pick<Given, 'contents'>,
): Promise<BridgeEvent> {
  const { signal } = new AbortController();
  const told = await withContacts(event, (file) => Promise.resolve(opened(file, contents)), signal);
  const said = await translated(told, rooms[target].account, lookup);
  return withPermalinks(said, rooms[target], addresses[target], lookup, signal);
}

function opened({ name, mime }: FileRef, contents: Readonly<Record<string, string>>): FileStream {
  const bytes = Buffer.from(contents[name] ?? '');
  return { mime, bytes: bytes.length, body: ReadableStream.from([bytes]) };
}

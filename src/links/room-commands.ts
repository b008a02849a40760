import type { LoginWish, OwnLogins } from '../identities/own-logins.js';
import { type AccountId, accountId } from '../model/ids.js';
import { isLinkVerb, type CommandAnswer, type RoomCommand } from '../model/room-command.js';
import type { LinkStatus, PortalStatus, StatusRepository } from '../persistence/status.repository.js';
import { type LinkChanges, LinkRefused } from './link-changes.js';
import { type WishedRoom, nameOf } from './link-wish.js';

interface Here {
  readonly account: AccountId;
  readonly room: string;
}

/** What people may ask from inside a room. Of links: as the command line has it, for that one room. */
export class RoomCommands {
  constructor(
    private readonly status: Pick<StatusRepository, 'links'>,
    private readonly changes: Pick<LinkChanges, 'link' | 'unlink'>,
    private readonly logins: Pick<OwnLogins, 'login' | 'logout'>,
  ) {}

  /** Answers in sentences, also what cannot be. */
  async run(account: AccountId, call: RoomCommand): Promise<CommandAnswer> {
    const [verb = '', which] = call.words;
    switch (verb.toLowerCase()) {
      case 'login':
        return this.logins.login(await this.#wish(account, call, which));
      case 'logout':
        return this.logins.logout(await this.#wish(account, call, which));
      default:
        return { says: await this.#answer(account, call), to: 'room' };
    }
  }

  async #wish(account: AccountId, { room, by, prefix }: RoomCommand, which: string | undefined): Promise<LoginWish> {
    const link = await this.#linkOf({ account, room });
    const linked = link?.portals.map((portal) => portal.account) ?? [];
    return { lender: { account, id: by.id }, linked, account: which, prefix };
  }

  async #answer(account: AccountId, { room, by, words, prefix }: RoomCommand): Promise<string> {
    const here = { account, room };
    const [verb = 'help', ...rest] = words;
    if (isLinkVerb(verb) && !by.mayLink) {
      return `Only those may do that whom the settings name as operators of ${account}. You are \`${by.id}\`.`;
    }
    try {
      switch (verb.toLowerCase()) {
        case 'link':
          return await this.#link(here, rest, prefix);
        case 'unlink':
          return await this.#unlink(here);
        case 'status':
          return await this.#status(here);
        default:
          return helpOf(here, prefix, by.mayLink);
      }
    } catch (error) {
      if (error instanceof LinkRefused) return error.message;
      throw error;
    }
  }

  async #link({ account, room }: Here, [key, ...others]: readonly string[], prefix: string): Promise<string> {
    const rooms = others.map(roomIn);
    if (key === undefined || key.includes('=') || rooms.includes(undefined)) {
      return `Write \`${prefix} link NAME ACCOUNT=ROOM\`: a name for the link, and the rooms to be linked with this one.`;
    }
    const known = (await this.status.links('not ended')).some((link) => link.key === key && link.portals.length > 0);
    if (rooms.length === 0 && !known) {
      return `There is no link ${key} to put this room into: name the rooms to be linked with it, \`${prefix} link ${key} ACCOUNT=ROOM\`.`;
    }
    const wished = [{ account, wanted: { room } }, ...rooms.filter((it) => it !== undefined)];
    const { link, state } = await this.changes.link({ key, rooms: wished, turns: [], mirror: {} });
    const paused = state === 'paused' ? ' It is paused.' : '';
    return link === 'made'
      ? `The link ${key} is made; \`${prefix} status\` tells how it does.${paused}`
      : `This room is in the link ${key}.${paused}`;
  }

  async #unlink(here: Here): Promise<string> {
    const link = await this.#linkOf(here);
    if (link === undefined) return notLinked;
    if (link.portals.length < 3) {
      await this.changes.unlink(link.key, 'all');
      return `The link ${link.key} is ended.`;
    }
    await this.changes.unlink(link.key, here);
    return `This room is no longer in the link ${link.key}.`;
  }

  async #status(here: Here): Promise<string> {
    const link = await this.#linkOf(here);
    if (link === undefined) return notLinked;
    const state = link.state === 'paused' ? 'paused' : 'at work';
    return [`The link ${link.key} is ${state}:`, ...link.portals.map((portal) => `• ${lineOf(portal, here)}`)].join(
      '\n',
    );
  }

  async #linkOf(here: Here): Promise<LinkStatus | undefined> {
    return (await this.status.links('not ended')).find(({ portals }) => portals.some((portal) => isHere(portal, here)));
  }
}

const notLinked = 'This room is in no link.';

function isHere({ account, room, wanted }: PortalStatus, here: Here): boolean {
  return account === here.account && (room === here.room || ('room' in wanted && wanted.room === here.room));
}

function lineOf(portal: PortalStatus, here: Here): string {
  const { account, room, wanted, direction, problem, lane, read, mute } = portal;
  const name = isHere(portal, here) ? 'this room' : `${account}: ${room ?? nameOf(wanted)}`;
  const way = direction === 'both' ? '' : direction === 'in' ? ', which only listens' : ', which only speaks';
  const told = [
    problem ?? (room === null ? 'is being looked for' : ''),
    read.state === 'closed' ? (read.reason ?? 'is closed') : (mute ?? ''),
    lane.waiting > 0 ? `${String(lane.waiting)} wait${lane.reason === null ? '' : ` (${lane.reason})`}` : '',
    lane.parked > 0 ? `${String(lane.parked)} set aside` : '',
  ].filter((each) => each !== '');
  return `${name}${way}${told.length === 0 ? '' : `: ${told.join('; ')}`}`;
}

/** `ACCOUNT=ROOM`; undefined where it is not written so. */
function roomIn(written: string): WishedRoom | undefined {
  const at = written.indexOf('=');
  const [account, room] = [written.slice(0, at), written.slice(at + 1)];
  return at < 1 || room === '' ? undefined : { account: accountId(account), wanted: { room } };
}

function helpOf({ account, room }: Here, prefix: string, mayLink: boolean): string {
  const ofLinks = [
    `\`${prefix} link NAME ACCOUNT=ROOM …\` links this room with others, or puts it into the link of that name.`,
    `\`${prefix} unlink\` takes it out of its link; a link of two ends with it.`,
    `\`${prefix} status\` tells what it is linked with, and what waits.`,
  ];
  const ofLogins = [
    `\`${prefix} login\` has you speak elsewhere as yourself, by a login of your own.`,
    `\`${prefix} logout\` takes that back.`,
  ];
  return [...(mayLink ? ofLinks : []), ...ofLogins, `This room is \`${account}=${room}\`.`].join('\n');
}

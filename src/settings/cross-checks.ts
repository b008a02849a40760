import { nearest } from './nearest.js';
import type { Finding } from './settings-faults.js';
import { normalName } from './environment-source.js';
import { coreSections, keyPattern, keyRule } from './settings.schema.js';
import { isTree, type Tree } from './settings-tree.js';

/** A room of a link as far as it can be understood, so that a fault elsewhere hides none of these. */
interface WrittenRoom {
  readonly account?: string;
  readonly room?: string;
  readonly direction?: string;
}

const usualListen = coreSections.listen.parse({});

const textIn = (tree: unknown, key: string): string | undefined => {
  const value = isTree(tree) ? tree[key] : undefined;
  return typeof value === 'string' ? value : undefined;
};

function writtenRoom(room: unknown): WrittenRoom {
  const account = textIn(room, 'account');
  const id = textIn(room, 'room');
  const direction = isTree(room) && room['direction'] === undefined ? 'both' : textIn(room, 'direction');
  return {
    ...(account === undefined ? {} : { account }),
    ...(id === undefined ? {} : { room: id }),
    ...(direction === undefined ? {} : { direction }),
  };
}

/** Something said in one of the rooms is seen in another; true where that cannot be told. */
export function canFlow(rooms: readonly { readonly direction?: string }[]): boolean {
  const known = ['both', 'in', 'out'];
  if (rooms.length < 2 || rooms.some(({ direction }) => direction === undefined || !known.includes(direction)))
    return true;
  return rooms.some((from) => from.direction !== 'in' && rooms.some((to) => to !== from && to.direction !== 'out'));
}

/** Keys that are written wrongly, or so alike that a variable of the environment could mean either. */
export function checkKeys(tree: Tree, section: 'accounts' | 'links'): Finding[] {
  const faults: Finding[] = [];
  const seen = new Map<string, string>();
  for (const key of Object.keys(isTree(tree[section]) ? tree[section] : {})) {
    const path = [section, key];
    if (!keyPattern.test(key)) faults.push({ path, problem: 'is not a key that can be used', remedy: keyRule });
    const alike = seen.get(normalName(key));
    if (alike !== undefined) {
      faults.push({
        path,
        problem: `differs from ${alike} only in case, - or _`,
        remedy: 'Give one of them another name.',
      });
    }
    seen.set(normalName(key), key);
  }
  return faults;
}

function accountRemedy(account: string, accounts: readonly string[]): string {
  if (accounts.length === 0) return 'There are none yet: add it under accounts.';
  const meant = nearest(account, accounts);
  return meant === undefined ? `Known: ${accounts.join(', ')}.` : `Did you mean ${meant}?`;
}

/** What is wrong between people and accounts. `idOf`: a person's id as the account's network writes it. */
export function checkPeople(tree: Tree, idOf: (account: string, written: string) => string): Finding[] {
  const faults: Finding[] = [];
  const accounts = Object.keys(isTree(tree['accounts']) ? tree['accounts'] : {});
  const seen = new Map<string, number>();
  for (const [index, person] of (Array.isArray(tree['people']) ? tree['people'] : []).entries()) {
    if (!isTree(person)) continue;
    for (const [account, written] of Object.entries(person)) {
      const path = ['people', index, account];
      if (!accounts.includes(account)) {
        const problem = 'is not the key of an account';
        faults.push({ path, problem, remedy: accountRemedy(account, accounts) });
      } else if (typeof written === 'string' && written !== '') {
        const identity = JSON.stringify([account, idOf(account, written)]);
        const other = seen.get(identity);
        if (other === undefined) seen.set(identity, index);
        else {
          const problem = `is ${written}, as in people[${String(other)}]`;
          faults.push({ path, problem, remedy: 'Write all ids of one person into one entry, and each id once.' });
        }
      }
    }
  }
  return faults;
}

/** What is wrong between links and accounts. */
export function checkLinks(tree: Tree): Finding[] {
  const faults: Finding[] = [];
  const accounts = Object.keys(isTree(tree['accounts']) ? tree['accounts'] : {});
  const linkOf = new Map<string, string>();

  for (const [id, link] of Object.entries(isTree(tree['links']) ? tree['links'] : {})) {
    const written = isTree(link) && Array.isArray(link['rooms']) ? link['rooms'] : [];
    const rooms = written.map(writtenRoom);
    for (const [index, { account, room }] of rooms.entries()) {
      const path = ['links', id, 'rooms', index];
      if (account === undefined || account === '') continue;
      if (!accounts.includes(account)) {
        const problem = `names the account ${account}, which does not exist`;
        faults.push({ path: [...path, 'account'], problem, remedy: accountRemedy(account, accounts) });
      }
      if (room === undefined || room === '') continue;
      const identity = JSON.stringify([account, room]);
      const other = linkOf.get(identity);
      if (other !== undefined) {
        const problem = other === id ? 'is in this link twice' : `is in the link ${other} already`;
        const remedy =
          other === id
            ? 'Keep one of the two.'
            : `A room is in one link at most: add the other rooms to ${other} instead.`;
        faults.push({ path: [...path, 'room'], problem, remedy });
      }
      linkOf.set(identity, other ?? id);
    }
    if (!canFlow(rooms)) {
      faults.push({
        path: ['links', id],
        problem: 'lets nothing flow: no room speaks while another listens',
        remedy: 'Set the direction of one of its rooms to both.',
      });
    }
  }
  return faults;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}

/** A listener as far as it can be understood: what is left out is as usual, what makes no sense is not known. */
function writtenListener(listen: unknown, name: 'public' | 'admin'): { host?: string; port?: number; token: unknown } {
  const usual = usualListen[name];
  const written = isTree(listen) && listen[name] !== undefined ? listen[name] : {};
  const { host = usual.host, port = usual.port, token }: Tree = isTree(written) ? written : { host: null, port: null };
  return {
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof port === 'number' ? { port } : {}),
    token,
  };
}

/** What is wrong between the two listeners, as far as it can be known. */
export function checkListen({ listen }: Tree): Finding[] {
  const faults: Finding[] = [];
  const [open, admin] = [writtenListener(listen, 'public'), writtenListener(listen, 'admin')];
  if (admin.host !== undefined && admin.host !== '' && !isLoopback(admin.host) && admin.token === undefined) {
    faults.push({
      path: ['listen', 'admin', 'token'],
      problem: 'is missing, though the page and the HTTP API can be reached from other machines',
      remedy: 'Set it, or set listen.admin.tokenFile, or let listen.admin.host be 127.0.0.1.',
    });
  }
  if (admin.port !== undefined && open.port === admin.port && open.port !== 0) {
    faults.push({
      path: ['listen', 'admin', 'port'],
      problem: `is the same as listen.public.port: ${admin.port}`,
      remedy: 'Give each listener a port of its own.',
    });
  }
  return faults;
}

import { createHmac, generateKeyPairSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { BackendSettings } from '../settings.js';
import type { User } from './accounts.js';
import { randomText } from './random-text.js';

/** The servers beside this one: for signaling, for recording and for phones. Each that is absent is not configured. */
export class Backends {
  /** What this server signs its own tickets with. */
  readonly ownSecret = randomText(64, 'secret');
  signaling: BackendSettings['signaling'];
  readonly recording: BackendSettings['recording'];
  sip: BackendSettings['sip'];
  #lastCall = 0;
  #tokenKey: { readonly secret: KeyObject; readonly shown: string } | undefined;

  constructor(settings: BackendSettings) {
    this.signaling = settings.signaling;
    this.recording = settings.recording;
    this.sip = settings.sip;
  }

  /** `random:seconds:user:signature`, which the signaling server brings back to have it checked. */
  ticketFor(userId: string, nowSeconds: number): string {
    const text = `${randomText(16, 'secret')}:${nowSeconds}:${userId}`;
    return `${text}:${hmac(this.ownSecret, text)}`;
  }

  /** Whether this server gave the ticket to that user; nobody is the empty user. */
  isTicket(userId: string, ticket: string): boolean {
    const end = ticket.lastIndexOf(':');
    const text = ticket.slice(0, end);
    return text.split(':')[2] === userId && isSame(hmac(this.ownSecret, text), ticket.slice(end + 1));
  }

  /** What tokens for the signaling server are signed with; `shown`: how others check that, as PEM. */
  get tokenKey(): { readonly secret: KeyObject; readonly shown: string } {
    this.#tokenKey ??= newTokenKey();
    return this.#tokenKey;
  }

  isSignalingServer(random: string, checksum: string, body: string): boolean {
    return isProven(this.signaling?.secret, random, checksum, body);
  }

  isRecordingServer(random: string, checksum: string, body: string): boolean {
    return isProven(this.recording?.secret, random, checksum, body);
  }

  isSipBridge(random: string, checksum: string, body: string): boolean {
    return isProven(this.sip?.secret, random, checksum, body);
  }

  /** Administrators are the one group. */
  mayUsePhones(user: User): boolean {
    const groups = this.sip?.groups ?? [];
    return groups.length === 0 || (user.admin && groups.includes('admin'));
  }

  newCallId(): string {
    this.#lastCall += 1;
    return `call-${this.#lastCall}`;
  }
}

const shortestRandom = 32;

function newTokenKey(): { readonly secret: KeyObject; readonly shown: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { secret: privateKey, shown: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

function isProven(secret: string | undefined, random: string, checksum: string, body: string): boolean {
  if (secret === undefined || random.length < shortestRandom) return false;
  return isSame(hmac(secret, random + body), checksum.toLowerCase());
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function isSame(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

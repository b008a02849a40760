import { CookieJar } from './talk.cookies.js';

/** How requests show who asks. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly bearerToken: string }
  /** Whole `Cookie` header of a session; empty: one that is yet to begin, as a guest's. */
  | { readonly sessionCookie: string };

/** One login in use. */
export interface Session {
  /** The headers that show who asks. */
  headers(): Readonly<Record<string, string>>;
  /** Learns the cookies that an answer sets, where it is known by cookies. */
  learn(setCookie: readonly string[]): void;
  isRefused: boolean;
}

export function sessionOf(credentials: Credentials): Session {
  if ('sessionCookie' in credentials) return sessionIn(new CookieJar(credentials.sessionCookie));
  const authorization =
    'bearerToken' in credentials
      ? `Bearer ${credentials.bearerToken}`
      : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8').toString('base64')}`;
  // Keeps no cookies: requests that share a session wait for one another.
  return { headers: () => ({ authorization }), learn: () => undefined, isRefused: false };
}

/** The same login in a browser's place: it keeps the cookies of earlier answers beside what it shows. */
export function inBrowser(session: Session): Session {
  const jar = new CookieJar('');
  return {
    headers: () => {
      const own = session.headers();
      const cookie = jar.header();
      // One that is known by cookies keeps them itself.
      return cookie === '' || 'cookie' in own ? own : { ...own, cookie };
    },
    learn: (setCookie) => {
      session.learn(setCookie);
      jar.learn(setCookie);
    },
    get isRefused() {
      return session.isRefused;
    },
    set isRefused(isRefused) {
      session.isRefused = isRefused;
    },
  };
}

/** One that is known by its cookies. */
export function sessionIn(jar: CookieJar): Session {
  return {
    headers: () => {
      const cookie = jar.header();
      return cookie === '' ? {} : { cookie };
    },
    learn: (setCookie) => jar.learn(setCookie),
    isRefused: false,
  };
}

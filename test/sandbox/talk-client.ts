export interface TalkAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The envelope's data; null where there is no envelope. */
  readonly data: unknown;
}

export interface TalkCall {
  readonly method?: string;
  /** Below `/ocs/v2.php`. */
  readonly path: string;
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
  /** Default the default password of `user`. */
  readonly password?: string;
}

/** Asks a sandbox server as one person, as a client of Talk would. */
export async function ask(base: string, user: string, call: TalkCall): Promise<TalkAnswer> {
  const url = new URL(`/ocs/v2.php${call.path}`, base);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, String(value));
  const login = `${user}:${call.password ?? `pw-${user}-12345678`}`;
  const response = await fetch(url, {
    method: call.method ?? 'GET',
    headers: {
      Accept: 'application/json',
      'OCS-APIRequest': 'true',
      Authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const parsed = text === '' ? null : (JSON.parse(text) as { ocs?: { data: unknown } });
  return { status: response.status, headers: response.headers, data: parsed?.ocs?.data ?? null };
}

export const chatPath = '/apps/spreed/api/v1/chat';

/** A forward read that waits `timeout` steps. */
export function readForward(
  base: string,
  user: string,
  token: string,
  cursor: number,
  timeout = 0,
): Promise<TalkAnswer> {
  const query = { lookIntoFuture: 1, timeout, lastKnownMessageId: cursor, setReadMarker: 0 };
  return ask(base, user, { path: `${chatPath}/${token}`, query });
}

/** The newest page. */
export function readBackward(base: string, user: string, token: string): Promise<TalkAnswer> {
  return ask(base, user, { path: `${chatPath}/${token}`, query: { lookIntoFuture: 0, limit: 50 } });
}

export function texts(answer: TalkAnswer): string[] {
  return ((answer.data ?? []) as { message: string }[]).map((row) => row.message);
}

export function ids(answer: TalkAnswer): number[] {
  return ((answer.data ?? []) as { id: number }[]).map((row) => row.id);
}

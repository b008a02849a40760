import { createHmac } from 'node:crypto';
import { endpointGroups } from '../../src/adapters/talk/api/talk-api.js';
import type { AnyEndpoint } from '../../src/adapters/talk/api/endpoint.js';
import { Refused, refusalOf } from '../../src/adapters/talk/api/refused.js';
import { TalkClient } from '../../src/adapters/talk/talk.client.js';
import { serverCapabilities } from '../../src/adapters/talk/talk.payloads.js';
import { BridgeError } from '../../src/model/errors.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { capabilitiesAnswer, type Exchange, exchanges, ExchangeServer } from './exchange-server.js';

const signal = new AbortController().signal;
const endpoints = Object.values(endpointGroups).flatMap((group) => Object.values(group));
const endpointOf = (method: string): AnyEndpoint => endpoints.find(({ name }) => name === method)!;
const all = exchanges();
const isRefusal = ({ response: { status } }: Exchange): boolean => status >= 400;

/** By which of the house's errors each documented status is known. */
const codes: Readonly<Record<number, string>> = {
  400: 'messageRefused',
  401: 'loginRefused',
  403: 'messageRefused',
  404: 'targetGone',
  405: 'targetGone',
  406: 'messageRefused',
  409: 'roomClosed',
  410: 'targetGone',
  412: 'messageRefused',
  413: 'messageRefused',
  429: 'rateLimited',
  500: 'networkUnavailable',
  501: 'messageRefused',
};
/** Where a 404 is not about what the request is about: the room itself, or our session in it. */
const roomOrSession404 = [
  'rooms.get',
  'participants.join',
  'participants.joinFederated',
  'participants.leaveFederated',
  'participants.setSessionState',
  'calls.join',
  'calls.setFlags',
  'calls.leave',
  'calls.joinFederated',
  'calls.setFederatedFlags',
  'calls.leaveFederated',
  'signaling.settings',
  'signaling.pull',
  'guests.setName',
];
/** Where nobody is logged in, so that a 401 says nothing of our login. */
const signed401 = [
  'bots.send',
  'bots.react',
  'bots.removeReaction',
  'dialIn.checkPin',
  'dialIn.verifyPin',
  'dialIn.verifyNumber',
  'dialIn.direct',
  'dialIn.open',
  'dialIn.reject',
  'recordings.store',
];

function codeOf(method: string, status: number): string | undefined {
  if (status === 404 && roomOrSession404.includes(method)) return 'roomClosed';
  // Of files: what they would lie in is missing, or what they would make is there.
  if ((status === 405 || status === 409) && method.startsWith('files.')) return 'messageRefused';
  if (status === 401 && signed401.includes(method)) return 'messageRefused';
  return codes[status];
}

describe('every method of the client', () => {
  const server = new ExchangeServer();
  let client: TalkClient;
  let url: string;

  /** One that knows the capabilities already, so that only the call itself is asked. */
  const freshClient = (): TalkClient => {
    const settings = {
      url,
      maxConnections: 4,
      requestTimeoutMs: 5000,
      deadRoomPauseMs: 60_000,
      capabilitiesMaxAgeMs: 60_000,
    };
    const made = new TalkClient(settings, systemClock, silentLog);
    made.use({ user: 'alice', password: 'secret' });
    return made;
  };
  const call = async ({ method, args, file }: Pick<Exchange, 'method' | 'args' | 'file'>) => {
    const sent = file === undefined ? args : { ...args, file: { ...file, bytes: Buffer.from(file.base64, 'base64') } };
    return client.call(endpointOf(method), sent, signal);
  };

  beforeAll(async () => {
    url = await server.start();
  });

  afterAll(async () => {
    await server.stop();
  });

  beforeEach(async () => {
    server.forget();
    client = freshClient();
    server.answer(capabilitiesAnswer(endpoints.flatMap(({ needs }) => (needs === undefined ? [] : [needs]))));
    await client.facts.capabilities();
    server.arrived.length = 0;
  });

  afterEach(async () => {
    await client.close();
  });

  it('has an exchange that succeeds', () => {
    const proven = new Set(all.filter((exchange) => !isRefusal(exchange)).map(({ method }) => method));
    expect(endpoints.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });

  it.each(all.map((exchange) => [exchange.method, exchange.response.status, exchange.from, exchange] as const))(
    '%s sends what is expected and understands %i (%s)',
    async (method, status, _, exchange) => {
      const { request, response } = exchange;
      server.answer(response);
      const outcome = await call(exchange).catch((error: unknown) => error);
      expect(server.arrived).toHaveLength(1);
      const [arrived] = server.arrived;
      expect(arrived).toMatchObject({ method: request.method, path: request.path });
      expect(arrived!.query).toEqual(request.query ?? {});
      expect(arrived!.headers).toMatchObject(request.headers ?? {});
      expectBody(exchange, arrived!.body, arrived!.headers['content-type'] ?? '');
      expect(arrived!.headers.authorization !== undefined).toBe(!endpointOf(method).isAnonymous);
      if (!isRefusal(exchange)) {
        if (outcome instanceof Error) throw outcome;
        expect(outcome).toMatchObject({ status, data: readAs(exchange) });
        return;
      }
      expect(outcome).toBeInstanceOf(BridgeError);
      const refused = (outcome as BridgeError).cause;
      expect(refused).toBeInstanceOf(Refused);
      expect(refused).toMatchObject({ endpoint: method, status });
    },
  );

  const documented = endpoints.flatMap(({ name, statuses }) =>
    statuses.filter((status) => status >= 400).map((status) => [name, status] as const),
  );

  it.each(documented)('%s: %i is an error of its own', async (method, status) => {
    const { args, file } = all.find((exchange) => exchange.method === method && !isRefusal(exchange))!;
    server.answer({ status, data: { error: 'reason' } });
    const error: unknown = await call({ method, args, ...(file === undefined ? {} : { file }) }).catch(
      (refusal: unknown) => refusal,
    );
    expect((error as BridgeError).code).toBe(codeOf(method, status));
    expect(refusalOf(endpointOf(method), error)).toMatchObject({ status, reason: 'reason', data: { error: 'reason' } });
  });

  const gated = endpoints.flatMap(({ name, needs }) => (needs === undefined ? [] : [[name, needs] as const]));

  it.each(gated)('%s is not asked of a server without %s', async (method, needs) => {
    const { args, file } = all.find((exchange) => exchange.method === method)!;
    const others = gated.map(([, each]) => each).filter((each) => each !== needs);
    client.facts.keep(serverCapabilities.parse(capabilitiesAnswer(others).data).capabilities.spreed!);
    await expect(call({ method, args, ...(file === undefined ? {} : { file }) })).rejects.toThrow(
      `${method} needs the capability "${needs}"`,
    );
    expect(server.arrived).toEqual([]);
  });

  it('a bot signs what it says with its secret', async () => {
    for (const exchange of all.filter(({ random }) => random !== undefined)) {
      server.arrived.length = 0;
      server.answer(exchange.response);
      await call(exchange).catch((error: unknown) => error);
      const { headers } = server.arrived[0]!;
      const random = headers['x-nextcloud-talk-bot-random'] as string;
      const said = (exchange.args['message'] ?? exchange.args['reaction']) as string;
      expect(random).toMatch(/^[0-9a-f]{64}$/);
      expect(headers['x-nextcloud-talk-bot-signature']).toBe(
        createHmac('sha256', exchange.args['secret'] as string)
          .update(random + said)
          .digest('hex'),
      );
    }
  });

  it('a strange field breaks no answer', async () => {
    for (const { method, args, file, response } of all.filter((exchange) => !isRefusal(exchange))) {
      if (typeof response.data !== 'object' || response.data === null || Array.isArray(response.data)) continue;
      server.answer({ ...response, data: { ...response.data, neverHeardOf: { deep: [1] } } });
      const answered = call({ method, args, ...(file === undefined ? {} : { file }) });
      if (mapsOnly.includes(method)) await answered.catch((error: unknown) => error);
      else expect(await answered).toMatchObject({ status: response.status });
    }
  });
});

/** Their fields are ids and emoji, each with a value of one kind: there is no strange one. */
const mapsOnly = [
  'chat.listShared',
  'chat.sharedOverview',
  'reactions.add',
  'reactions.remove',
  'reactions.list',
  'liveTranscription.languages',
];

function expectBody({ request, file }: Exchange, body: Buffer, contentType: string): void {
  if (request.form !== undefined) {
    expect(contentType).toBe('application/x-www-form-urlencoded');
    expect(body.toString('utf8')).toBe(request.form);
  } else if (file === undefined) {
    if (request.body === undefined) expect(body.toString('utf8')).toBe('');
    else expect(JSON.parse(body.toString('utf8'))).toEqual(request.body);
  } else if (request.texts === undefined) {
    expect(contentType).toBe(file.mime);
    expect(body.toString('base64')).toBe(file.base64);
  } else {
    expect(contentType).toMatch(/^multipart\/form-data; boundary=[0-9a-f]{32}$/);
    const form = body.toString('latin1');
    expect(form).toContain(
      `filename="${file.name}"\r\nContent-Type: ${file.mime}\r\n\r\n${Buffer.from(file.base64, 'base64').toString('latin1')}\r\n`,
    );
    for (const [name, text] of Object.entries(request.texts))
      expect(form).toContain(`name="${name}"\r\n\r\n${text}\r\n`);
  }
}

/** What the client makes of an answer: the answer itself, but for an empty map of PHP, numbers that are ids, and what says nothing. */
function readAs({ method, response: { status, data, json, text } }: Exchange): unknown {
  if (status === 304 || status === 204 || saysNothing.includes(method)) return null;
  if (text !== undefined) return endpointOf(method).answers === 'bytes' ? Buffer.from(text, 'utf8') : null;
  if (json !== undefined) return json;
  return emptyMaps(data);
}

const saysNothing = endpoints.filter(({ data }) => data.safeParse('anything').data === null).map(({ name }) => name);
const maps = ['messageParameters', 'reactions', 'eventAttachments', 'votes'];

function emptyMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptyMaps);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'lastMessage'
        ? inner
        : maps.includes(name) && Array.isArray(inner) && inner.length === 0
          ? {}
          : emptyMaps(inner),
    ]),
  );
}

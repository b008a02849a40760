import type { BridgeEvent, MessageSent } from './bridge-event.js';
import { MessageRefused, TargetGone } from './errors.js';
import { deliveryKey, remoteId } from './ids.js';
import { asLine, firstLine, orInLine } from './in-line.js';
import type { DeliveryRequest } from './network-adapter.js';

const signal = new AbortController().signal;
const inLine = { kind: 'messageSent', body: [] } as unknown as MessageSent;

const copy = (part: number) => ({ part, id: remoteId('1') });

function asked(kind: BridgeEvent['kind'], more: object = {}): DeliveryRequest<never> {
  const key = (part: number): string => deliveryKey(String(part));
  return { event: { kind }, target: ['one'], made: [], key, ...more } as unknown as DeliveryRequest<never>;
}

async function told(refusal: Error, more: object = {}): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  const send = (request: unknown): Promise<void> => Promise.resolve(void said.push(request));
  const attempt = (): Promise<void> => Promise.reject(refusal);
  await orInLine(asked('pinChanged', more), { repeat: 'look', send }, signal, attempt);
  return said;
}

it('a line is about no message of the room, and its parts are none of what it tells of', () => {
  const told: unknown[] = [];
  const onMade = (made: unknown): void => void told.push(made);
  const line = asLine(asked('pinChanged', { made: [copy(firstLine)], onMade }), inLine);
  line.onMade(copy(0));
  expect([line.event, line.target, line.made, line.key(0)]).toEqual([inLine, [], [copy(0)], String(firstLine)]);
  expect(told).toEqual([copy(firstLine)]);
});

it('what a poll asks is the message itself, also in words', () => {
  expect(asLine(asked('pollStarted'), inLine).key(0)).toBe('0');
});

it('what is refused is told in a line, where the link tells of such', async () => {
  const refused = new MessageRefused('not here');
  expect(await told(refused, { inLine })).toMatchObject([{ event: inLine }]);
  await expect(told(refused)).rejects.toBe(refused);
});

it('what failed otherwise is told nobody', async () => {
  const gone = new TargetGone('gone');
  await expect(told(gone, { inLine })).rejects.toBe(gone);
});

it('what was done is done', async () => {
  const lines = { repeat: 'look', send: () => Promise.reject(new Error('a line')) } as const;
  await expect(
    orInLine(asked('pinChanged', { inLine }), lines, signal, () => Promise.resolve()),
  ).resolves.toBeUndefined();
});

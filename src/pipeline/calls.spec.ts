import type { CallChanged } from '../model/bridge-event.js';
import type { Call } from '../model/call.js';
import { accountId, remoteId, roomId, userId, type UserRef } from '../model/ids.js';
import type { RichText } from '../model/rich-text.js';
import { callAfter, callBegun, type CallStart, forgottenNotice, noticeOfCall } from './calls.js';

const account = accountId('cloud');
const room = { account, id: roomId('abc12345') };
const person = (name: string): UserRef => ({ account, id: userId(`users/${name}`), name, standing: 'person' });
const start: CallStart = {
  of: 'start',
  call: { room, id: remoteId('7') },
  joinUrl: 'https://cloud.example.org/call/abc12345',
};
const changed = (change: CallChanged['change'], who = 'anna', at = '2026-01-02T03:04:05.000Z'): CallChanged => ({
  kind: 'callChanged',
  room,
  actor: person(who),
  at,
  version: '7',
  change,
});
const begun = (): Call => callBegun(changed(start), start);
const joined = (call: Call, who: string): ReturnType<typeof callAfter> =>
  callAfter(call, changed({ of: 'arrival' }, who), { of: 'arrival' }, 'Talk');
const ended = (call: Call, at: string, people: string[] = [], how: 'over' | 'unanswered' = 'over') => {
  const end = { of: 'end', how, people: people.map(person) } as const;
  return callAfter(call, changed(end, 'anna', at), end, 'Talk');
};

/** As plain text; links as `text <url>`. */
function plain(body: RichText | 'the same'): string {
  if (body === 'the same') return body;
  const [paragraph] = body;
  if (paragraph?.type !== 'paragraph') throw new Error('a notice is one paragraph');
  return paragraph.content
    .map((inline) => {
      if (inline.type === 'text') return inline.text;
      if (inline.type === 'break') return '\n';
      return inline.type === 'link'
        ? `${plain([{ type: 'paragraph', content: inline.content }])} <${inline.url}>`
        : '?';
    })
    .join('');
}

function withMany(count: number): Call {
  let call = begun();
  for (let index = 1; index <= count; index += 1) call = joined(call, `p${String(index)}`).call ?? call;
  return call;
}

describe('the notice of a call', () => {
  it('is said by the bridge itself, and says who began it and where to join', () => {
    const notice = noticeOfCall(changed(start), start, begun(), 'Talk');
    expect({ ...notice, body: plain(notice.body) }).toEqual({
      kind: 'messageSent',
      room,
      actor: person('anna'),
      at: '2026-01-02T03:04:05.000Z',
      message: { room, id: '7' },
      body: '📞 anna (Talk) started a call: join it <https://cloud.example.org/call/abc12345>',
      files: [],
      style: 'notice',
      by: 'bridge',
    });
  });

  it('rings for nobody where the call does not', () => {
    const silent = { ...start, attention: 'silent' } as const;
    expect(noticeOfCall(changed(silent), silent, begun(), 'Talk').attention).toBe('silent');
  });

  it('names those who come, each once', () => {
    const first = joined(begun(), 'bob');
    expect(plain(first.body)).toBe(
      '📞 anna (Talk) started a call: join it <https://cloud.example.org/call/abc12345>\nWith bob',
    );
    const second = joined(first.call ?? begun(), 'carol');
    expect(plain(second.body)).toContain('\nWith bob and carol');
    expect(plain(joined(second.call ?? begun(), 'bob').body)).toBe('the same');
    expect(plain(joined(second.call ?? begun(), 'anna').body)).toBe('the same');
  });

  it('changes no more where it has named eight, however many come', () => {
    const ninth = joined(withMany(8), 'p9');
    expect(plain(ninth.body)).toContain('\nWith p1, p2, p3, p4, p5, p6, p7, p8 and others');
    expect(plain(joined(ninth.call ?? begun(), 'p10').body)).toBe('the same');
  });

  it('says at the end how long it took, and who took part', () => {
    const { call } = joined(begun(), 'bob');
    const end = ended(call ?? begun(), '2026-01-02T03:16:10.000Z', ['anna', 'bob', 'carol']);
    expect(end.call).toBeNull();
    expect(plain(end.body)).toBe('📞 The call that anna (Talk) started is over after 12 min 5 s\nWith bob and carol');
  });

  it('names twenty at the end, and says how many more there were', () => {
    expect(plain(ended(withMany(33), '2026-01-02T03:04:09.000Z').body)).toMatch(
      /after 4 s\nWith p1, .*, p20 and 13 more$/,
    );
    expect(plain(ended(withMany(700), '2026-01-02T03:04:09.000Z').body)).toMatch(/, p20 and many more$/);
  });

  it('says of one who was alone nothing of others, and of one whom nobody answered that', () => {
    expect(plain(ended(begun(), '2026-01-02T03:04:05.000Z').body)).toBe(
      '📞 The call that anna (Talk) started is over after 0 s',
    );
    expect(plain(ended(begun(), '2026-01-02T03:04:45.000Z', [], 'unanswered').body)).toBe(
      '📞 anna (Talk) called, and nobody answered',
    );
  });

  it('says of a call of whose end nobody told that it is over', () => {
    expect(plain(forgottenNotice(begun(), 'Talk'))).toBe('📞 The call that anna (Talk) started is over');
  });
});

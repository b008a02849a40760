import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

/** What Talk and Matrix show of calls now, in the order in which it came. */
function notices(): { talk: string[]; matrix: string[] } {
  const [room] = world.rooms;
  const inTalk = world.talk.messages(room?.talk ?? '').map(({ message }) => String(message));
  const shown = new Map<string, string>();
  for (const { eventId, content, type } of world.matrix.messages(room?.matrix ?? '')) {
    if (type !== 'm.room.message') continue;
    const { body, 'm.new_content': edited, 'm.relates_to': relation } = content as Record<string, unknown>;
    const { event_id: target } = (relation ?? {}) as { event_id?: string };
    if (edited === undefined) shown.set(eventId, String(body));
    else shown.set(target ?? '', String((edited as { body?: string }).body));
  }
  const ofCalls = (texts: readonly string[]): string[] => texts.filter((text) => text.includes('📞'));
  return { talk: ofCalls(inTalk), matrix: ofCalls([...shown.values()]) };
}

/** Both show so many notices, and the last one says these words, and not those. */
async function told(count: number, says: readonly string[], saysNot = '\u0000'): Promise<void> {
  for (const side of ['talk', 'matrix'] as const) {
    await until(`"${says.join(' … ')}" in ${side}`, () => {
      const { [side]: texts } = notices();
      const last = texts.at(-1) ?? '';
      return texts.length === count && says.every((each) => last.includes(each)) && !last.includes(saysNot);
    });
  }
}

describe('a huddle in Slack', () => {
  let channel: string;

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    channel = world.rooms[0]?.slack ?? '';
  });

  it('is one notice elsewhere: who began it, where it is joined, who came, that it is over', async () => {
    const { sandbox, people, team } = world.slack;
    await world.start().ready();
    sandbox.channels.joinHuddle(channel, people.pia);
    await told(1, ['Pia (Slack) started a call', 'join it'], 'Quinn');
    const shown = JSON.stringify(world.matrix.messages(world.rooms[0]?.matrix ?? ''));
    expect(shown).toContain(`https://app.slack.com/huddle/${team}/${channel}`);
    sandbox.channels.joinHuddle(channel, people.quinn);
    await told(1, ['Pia (Slack) started a call', 'With Quinn']);
    sandbox.channels.leaveHuddle(channel, people.pia);
    sandbox.channels.leaveHuddle(channel, people.quinn);
    await told(1, ['The call that Pia (Slack) started is over', 'With Quinn'], 'join it');
    // The next one is another.
    sandbox.channels.joinHuddle(channel, people.quinn);
    await told(2, ['Quinn (Slack) started a call']);
    expect(notices().matrix[0]).toContain('is over');
  });

  it('whose end nobody heard is over once the bridge is there again, and one that was all meanwhile is told too', async () => {
    const { sandbox, people } = world.slack;
    const replica = world.start();
    await replica.ready();
    sandbox.channels.joinHuddle(channel, people.pia);
    await told(1, ['Pia (Slack) started a call']);
    await replica.stop();
    sandbox.channels.leaveHuddle(channel, people.pia);
    sandbox.channels.joinHuddle(channel, people.quinn);
    sandbox.channels.leaveHuddle(channel, people.quinn);
    await world.start().ready();
    await told(2, ['The call that Quinn (Slack) started is over']);
    for (const side of ['talk', 'matrix'] as const) {
      await until(
        `the end of the first in ${side}`,
        () => notices()[side][0]?.includes('Pia (Slack) started is over') === true,
      );
    }
  });
});

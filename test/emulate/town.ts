import { signatureOf } from '../../src/sandbox/slack/request-sender.js';
import { type Replica, until, World } from '../e2e/world.js';
import { EmulatedSlack, type SeenMessage, signingSecret, team, tokens } from './emulated-slack.js';

const slackScaled = {
  requestTimeoutMs: 5_000,
  postEveryMs: 10,
  markMs: 300,
  settling: { afterTimeoutMs: 5_500, afterDisconnectMs: 300 },
};

interface TalkRow {
  readonly id: number;
  readonly message: string;
  readonly actorId: string;
  readonly systemMessage: string;
  readonly messageType: string;
  readonly messageParameters: Readonly<Record<string, { readonly id?: string; readonly name?: string }>>;
}

interface MatrixEvent {
  readonly eventId: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly redactedBy?: string | undefined;
}

/** The folder of the package. */
export function packageFolder(): string {
  const folder = process.env['CROSSTALK_EMULATE'];
  if (folder === undefined) throw new Error('CROSSTALK_EMULATE is not set: scripts/test-emulate.mjs sets it');
  return folder;
}

/** The sandbox's Talk and Matrix servers, the package's Slack, a room in each, and the real program between them. */
export class Town {
  #presses = 0;

  private constructor(
    readonly world: World,
    readonly slack: EmulatedSlack,
    readonly channel: string,
    readonly replica: Replica,
  ) {}

  static async build(): Promise<Town> {
    const world = await World.build();
    const { url } = world.settings.accounts.hs as { readonly url: string };
    const slack = await EmulatedSlack.open(packageFolder(), `${url}/slack/events`);
    const channel = await slack.channel('team');
    const account = {
      network: 'slack',
      apiUrl: `${slack.url}/api/`,
      botToken: tokens.bot,
      receive: 'eventsApi',
      signingSecret,
      url,
      ...slackScaled,
    };
    const [room] = world.rooms;
    if (room === undefined) throw new Error('the world has no room');
    const change = {
      accounts: { ...world.settings.accounts, town: account },
      links: {
        team: {
          rooms: [
            { account: 'cloud', room: room.talk },
            { account: 'hs', room: room.matrix },
            { account: 'town', room: channel },
          ],
        },
      },
    };
    const replica = world.start({ change });
    await replica.ready();
    return new Town(world, slack, channel, replica);
  }

  get talkRoom(): string {
    return this.world.rooms[0]?.talk ?? '';
  }

  get matrixRoom(): string {
    return this.world.rooms[0]?.matrix ?? '';
  }

  /** Waits for what `look` finds, and says what the program logged where it does not come. */
  async soon<Found>(what: string, look: () => Promise<Found | undefined> | Found | undefined): Promise<Found> {
    let found: Found | undefined;
    await until(what, async () => (found = await look()) !== undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.replica.log.slice(-3_000)}`);
    });
    return found as Found;
  }

  /** The message that shows the text in Slack. */
  inSlack(text: string): Promise<SeenMessage> {
    return this.soon(`"${text}" in Slack`, async () =>
      (await this.slack.messages(this.channel)).find((message) => message.text.includes(text)),
    );
  }

  inTalk(text: string): Promise<TalkRow> {
    return this.soon(`"${text}" in Talk`, () => this.talkRows().find(({ message }) => message.includes(text)));
  }

  inMatrix(text: string): Promise<MatrixEvent> {
    return this.soon(`"${text}" in Matrix`, () =>
      this.matrixMessages().find(({ content }) => String(content['body']).includes(text)),
    );
  }

  /** The messages that Talk shows. */
  talkRows(): TalkRow[] {
    return (this.world.talk.messages(this.talkRoom) as unknown as TalkRow[]).filter(
      ({ systemMessage, messageType }) => systemMessage === '' && messageType !== 'comment_deleted',
    );
  }

  /** The messages that Matrix shows; edits are among them, as events of their own. */
  matrixMessages(): MatrixEvent[] {
    return this.world.matrix
      .messages(this.matrixRoom)
      .filter(({ type, redactedBy }) => type === 'm.room.message' && redactedBy === undefined);
  }

  /** What an event was changed to, oldest first. */
  matrixEdits(event: string): string[] {
    return this.matrixMessages().flatMap(({ content }) => {
      const relation = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
      const isEdit = relation?.rel_type === 'm.replace' && relation.event_id === event;
      return isEdit ? [String((content['m.new_content'] as { body?: string }).body)] : [];
    });
  }

  /** The file of that name that Talk shows. */
  talkFile(name: string): { readonly id?: string } | undefined {
    return this.talkRows().flatMap(({ messageParameters: { file } }) => (file?.name === name ? [file] : []))[0];
  }

  /**
   * A person presses something in a message: what Slack would tell the app then, told in its place, since the package's does not
   * (`lacks.spec.ts` has it by name). Answers with the status.
   */
  async press(name: string, ts: string, action: object): Promise<number> {
    const { members } = await this.slack.call<{ members: { id: string; name: string }[] }>('users.list');
    const user = members.find((member) => member.name === name);
    const { url } = this.world.settings.accounts.hs as { readonly url: string };
    this.#presses += 1;
    const at = String(Math.floor(Date.now() / 1000));
    const payload = {
      type: 'block_actions',
      team: { id: team },
      user: { id: user?.id, team_id: team },
      api_app_id: 'A0CROSSTALK',
      channel: { id: this.channel },
      container: { type: 'message', message_ts: ts, channel_id: this.channel },
      actions: [{ ...action, action_ts: `${at}.${String(this.#presses).padStart(6, '0')}` }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const { status } = await fetch(`${url}/slack/commands`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': at,
        'x-slack-signature': signatureOf(signingSecret, Number(at), body),
      },
      body,
    });
    return status;
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.slack.close();
  }
}

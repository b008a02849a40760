import type { App, Receiver } from '@slack/bolt';
import { quiet } from './api/quiet.js';
import type { SlackCommands } from './slack.commands.js';
import { isObject, type JsonObject } from './slack.payloads.js';

export interface BoltParts {
  readonly command: string;
  readonly commands: SlackCommands;
}

/**
 * Hands slash commands and interactivity to Bolt, which tells them apart and answers them. Events never come here: Bolt
 * acknowledges those before anybody has heard them.
 */
export class CommandReceiver implements Receiver {
  #app: Promise<App> | undefined;

  constructor(private readonly parts: BoltParts) {}

  init(): void {
    // The app is known before it is put together.
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** What Slack is to be answered at once; undefined where there is nothing to say. */
  async take(body: JsonObject): Promise<JsonObject | undefined> {
    const app = await (this.#app ??= this.#build());
    let answer: JsonObject | undefined;
    await app.processEvent({
      body: { ...body },
      ack: (response?: unknown) => {
        answer = isObject(response) ? response : undefined;
        return Promise.resolve();
      },
    });
    return answer;
  }

  /** Loaded when the first command comes: it takes half a second, and few need it. */
  async #build(): Promise<App> {
    const { App: BoltApp } = await import('@slack/bolt');
    const { command: name, commands } = this.parts;
    const app = new BoltApp({
      receiver: this,
      // Nothing is asked through Bolt: our own door is the only one.
      authorize: () => Promise.resolve({}),
      logger: quiet,
      ignoreSelf: false,
      convoStore: false,
    });
    app.error((error) => Promise.reject(error));
    app.command(name, async ({ command, ack }) => {
      const { user_id: user, channel_id: channel, channel_name: channelName, text } = command;
      await ack({ response_type: 'ephemeral', text: await commands.answer({ user, channel, channelName, text }) });
    });
    return app;
  }
}

import type { SlackPlace } from './slack/place.js';
import { SlackError } from './slack/slack-error.js';

export interface TypedCommand {
  /** With its slash. */
  readonly command: string;
  readonly text: string;
}

/** Pure: undefined where the text is talk. */
export function typedCommand(typed: string): TypedCommand | undefined {
  const [, command, text = ''] = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/i.exec(typed.trim()) ?? [];
  return command === undefined ? undefined : { command: command.toLowerCase(), text };
}

/**
 * Runs a command that somebody types: one of Slack's own, or one of an app, whose answer comes when the app gives it. Throws
 * SlackError where Slack lets nobody do that.
 */
export function runCommand(
  place: SlackPlace,
  person: string,
  { command, text }: TypedCommand,
  /** The id of whom an `@name` calls. */
  called: (word: string) => string | undefined,
): void {
  const { server, channel } = place;
  const tell = (words: string): void => server.tell(channel, person, words);
  switch (command) {
    case '/me':
      server.postMe(channel, person, text);
      return;
    case '/topic':
      server.channels.setTopic(channel, person, text);
      return;
    case '/invite':
    case '/remove': {
      const whom = called(text.trim());
      if (whom === undefined) throw new SlackError('user_not_found');
      if (command === '/invite') server.channels.join(channel, whom, person);
      else server.channels.leave(channel, whom, person);
      return;
    }
    default: {
      const app = appWith(place, command);
      if (app === undefined) {
        tell(`\`${command}\` is not a valid command.`);
        return;
      }
      void server.slashCommand({ app, channel, user: person, command, text }).then((outcome) => {
        if (outcome.kind === 'failed') tell(`${command} failed with the error "${outcome.reason}"`);
      });
    }
  }
}

/** Of several apps with that command the one that came last has it. Source: https://docs.slack.dev/interactivity/implementing-slash-commands */
function appWith({ server, team }: SlackPlace, command: string): string | undefined {
  const { apps } = server.state;
  const having = apps.all().filter(({ id, commands }) => {
    const installation = apps.installation(id, team);
    return commands.includes(command) && installation?.state === 'active' && installation.scopes.includes('commands');
  });
  return having.at(-1)?.id;
}

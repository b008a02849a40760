import type { PollCounted, PollStarted } from '../../model/bridge-event.js';
import { TargetGone, Uneditable } from '../../model/errors.js';
import { orInLine } from '../../model/in-line.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { SlackWriter } from './slack.deliver.js';
import { pollText } from './to-slack-polls.js';

/** Asks in Slack what was asked elsewhere: Slack has no polls, so that a message with buttons is one. What Slack refuses is told in words. */
export class PollDelivery implements Deliver<'pollStarted'> {
  readonly repeat = 'look';

  constructor(
    private readonly writer: Pick<SlackWriter, 'post' | 'where'>,
    private readonly lines: Deliver<'messageSent'>,
  ) {}

  async send(request: DeliveryRequest<PollStarted>, signal: AbortSignal): Promise<void> {
    if (request.made.length > 0) return;
    const where = await this.writer.where(request, signal);
    await orInLine(request, this.lines, signal, () =>
      this.writer.post(request, 0, pollText(pollIn(request)), where, signal),
    );
  }
}

/** Shows how a poll stands; of one that is over without buttons. */
export class PollUpdate implements Deliver<'pollCounted'> {
  readonly repeat = 'harmless';

  constructor(private readonly writer: Pick<SlackWriter, 'update'>) {}

  async send(request: DeliveryRequest<PollCounted>, signal: AbortSignal): Promise<void> {
    const [copy] = request.target;
    if (copy === undefined) throw new TargetGone('the poll is gone');
    try {
      await this.writer.update(request, copy, pollText(pollIn(request)), signal);
    } catch (error) {
      // No answer says how a poll stands: the next would say it again.
      throw error instanceof Uneditable ? new TargetGone(error.message, { cause: error }) : error;
    }
  }
}

function pollIn({ poll }: Pick<DeliveryRequest<PollStarted | PollCounted>, 'poll'>): NonNullable<typeof poll> {
  if (poll === undefined) throw new Error('a poll that is ours to count came without what it shows');
  return poll;
}

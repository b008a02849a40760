import { actorKey } from '../state/actor.js';
import { PollStatus, type Poll, type PollText } from '../state/polls.js';
import { isModerator } from '../state/room.js';
import { nameOf } from '../view/rich-objects.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const pollApi = `${talkApi}/v1/poll/{token}`;
const onePoll = `${pollApi}/{pollId:[0-9]+}`;

export function addPollRoutes(router: OcsRouter): void {
  router.add('POST', pollApi, inRoom(['readWrite', 'noLobby', 'chat'], create));
  router.add('GET', `${pollApi}/drafts`, inRoom(['moderator'], listDrafts));
  router.add('POST', `${pollApi}/draft/{pollId:[0-9]+}`, inRoom(['readWrite', 'noLobby', 'chat'], changeDraft));
  router.add('GET', onePoll, inRoom(['noLobby'], show));
  router.add('POST', onePoll, inRoom(['readWrite', 'noLobby'], vote));
  router.add('DELETE', onePoll, inRoom(['readWrite', 'noLobby'], close));
}

function create(call: RoomCall): Answer {
  const status = call.input.flag('draft') ? PollStatus.draft : PollStatus.open;
  const threadId = call.input.number('threadId');
  const poll = call.talk.polls.create(call.room, call.attendee.actor, readText(call), status, threadId);
  return status === PollStatus.draft ? ok(viewDraft(call, poll)) : created(viewPoll(call, poll));
}

function listDrafts(call: RoomCall): Answer {
  return ok(call.talk.polls.drafts(call.room).map((poll) => viewDraft(call, poll)));
}

function changeDraft(call: RoomCall): Answer {
  return ok(viewDraft(call, call.talk.polls.change(call.room, idOf(call), call.attendee, readText(call))));
}

function show(call: RoomCall): Answer {
  return ok(viewPoll(call, call.talk.polls.get(call.room, idOf(call), call.attendee)));
}

function vote(call: RoomCall): Answer {
  const { talk, room, attendee, input } = call;
  const poll = talk.polls.get(room, idOf(call), attendee);
  talk.polls.vote(room, poll, attendee.actor, input.list('optionIds').map(Number));
  return ok(viewPoll(call, poll));
}

function close(call: RoomCall): Answer {
  const poll = call.talk.polls.close(call.room, idOf(call), call.attendee);
  return poll === undefined ? { status: 202, data: null } : ok(viewPoll(call, poll));
}

function idOf(call: RoomCall): number {
  return Number(call.parameters['pollId']);
}

function readText({ input }: RoomCall): PollText {
  return {
    question: input.text('question'),
    options: input.list('options').map(String),
    resultMode: input.number('resultMode') === 1 ? 1 : 0,
    maxVotes: input.number('maxVotes'),
  };
}

function viewDraft(call: RoomCall, { id, text, author, status }: Poll): Record<string, unknown> {
  return {
    id,
    question: text.question,
    options: text.options,
    actorType: author.type,
    actorId: author.id,
    actorDisplayName: nameOf(call.names, call.room, author),
    status,
    resultMode: text.resultMode,
    maxVotes: text.maxVotes,
  };
}

/** While it runs, how many voted is shown to moderators and to whoever asked, and the counts of a public poll are shown to those who voted; who voted what only when it is over. */
function viewPoll(call: RoomCall, poll: Poll): Record<string, unknown> {
  if (poll.status === PollStatus.draft) return viewDraft(call, poll);
  const own = poll.votes.get(actorKey(call.attendee.actor))?.options ?? [];
  const isPublic = poll.text.resultMode === 0;
  const isClosed = poll.status === PollStatus.closed;
  const seesCounts = isClosed || (isPublic && own.length > 0);
  // So that they know when to end it.
  const isAuthor = actorKey(poll.author) === actorKey(call.attendee.actor);
  const seesNumber = seesCounts || isAuthor || isModerator(call.attendee);
  return {
    ...viewDraft(call, poll),
    votes: seesCounts ? countVotes(poll) : [],
    numVoters: seesNumber ? poll.votes.size : 0,
    votedSelf: own,
    ...(isClosed && isPublic ? { details: viewVotes(call, poll) } : {}),
  };
}

function countVotes(poll: Poll): Record<string, number> | [] {
  const counts: Record<string, number> = {};
  for (const { options } of poll.votes.values()) {
    for (const option of options) counts[`option-${option}`] = (counts[`option-${option}`] ?? 0) + 1;
  }
  return poll.votes.size === 0 ? [] : counts;
}

function viewVotes(call: RoomCall, poll: Poll): unknown[] {
  return [...poll.votes.values()].flatMap(({ actor, options }) =>
    options.map((optionId) => ({
      actorType: actor.type,
      actorId: actor.id,
      actorDisplayName: nameOf(call.names, call.room, actor),
      optionId,
    })),
  );
}

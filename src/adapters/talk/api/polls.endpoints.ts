import { z } from 'zod';
import { pollResult, valuesOf } from '../talk.constants.js';
import { group, talk } from './endpoint.js';
import { mapOf, maybeWhole, text, texts, whole, wholes } from './fields.js';

/** A poll as its endpoints answer it; a draft has no votes. */
export const poll = z.looseObject({
  id: z.int().positive(),
  question: text,
  options: texts,
  actorType: text,
  actorId: text,
  actorDisplayName: text,
  status: whole,
  resultMode: whole,
  /** 0: as many as there are options. */
  maxVotes: whole,
  /** How many chose each option, by `option-N`; absent while they are hidden from us. */
  votes: mapOf(z.int()).optional().catch(undefined),
  numVoters: maybeWhole,
  /** What we chose ourselves, as numbers of options. */
  votedSelf: wholes.optional(),
  /** Who chose what: of a public poll, once it is closed. */
  details: z
    .array(z.looseObject({ actorType: text, actorId: text, actorDisplayName: text, optionId: whole }))
    .optional()
    .catch(undefined),
});
export type Poll = z.output<typeof poll>;

const asked = {
  question: z.string(),
  options: z.array(z.string()),
  resultMode: z.literal(valuesOf(pollResult)),
  maxVotes: z.int().nonnegative(),
};

/** Polls. Source: OpenAPI of Talk 22, `poll`. */
export const pollEndpoints = group('polls', {
  // 200 for a draft.
  create: talk('v1 POST /poll/{token}', {
    body: { ...asked, draft: z.boolean().optional(), threadId: z.int().optional() },
    data: poll,
    statuses: [200, 201, 400],
    needs: 'talk-polls',
  }),
  editDraft: talk('v1 POST /poll/{token}/draft/{pollId}', {
    body: asked,
    data: poll,
    statuses: [200, 400, 403, 404],
    needs: 'edit-draft-poll',
  }),
  drafts: talk('v1 GET /poll/{token}/drafts', {
    data: z.array(poll),
    statuses: [200, 403, 404],
    needs: 'talk-polls-drafts',
  }),
  get: talk('v1 GET /poll/{token}/{pollId}', { data: poll, statuses: [200, 404], needs: 'talk-polls' }),
  vote: talk('v1 POST /poll/{token}/{pollId}', {
    body: { optionIds: z.array(z.int()).optional() },
    data: poll,
    statuses: [200, 400, 404],
    needs: 'talk-polls',
  }),
  // 202: a draft was deleted.
  close: talk('v1 DELETE /poll/{token}/{pollId}', {
    data: poll.nullable(),
    statuses: [200, 202, 400, 403, 404],
    needs: 'talk-polls',
  }),
});

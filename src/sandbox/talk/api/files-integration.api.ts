import { Refusal } from '../refusal.js';
import { RoomType } from '../state/room.js';
import { asUser, talkApi, type Call, type OcsRouter, type UserCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

/** Rooms about files. */
export function addFilesIntegrationRoutes(router: OcsRouter): void {
  router.add('GET', `${talkApi}/v1/file/{fileId}`, asUser(roomOfFile));
  router.add('GET', `${talkApi}/v1/publicshare/{shareToken}`, roomOfShare);
  router.add('POST', `${talkApi}/v1/publicshareauth`, roomForPassword);
}

/** The room about a file, which those are shown who have it. Answers 404 for a file that is shared with nobody. */
function roomOfFile({ talk, user, parameters }: UserCall): Answer {
  const file = talk.files.byId(Number(parameters['fileId']));
  const seen = file === undefined ? undefined : talk.files.find(user.id, talk.files.pathFor(file, user.id));
  if (file === undefined || seen?.id !== file.id) throw new Refusal(404);
  if (!talk.files.isSharedAnywhere(file)) throw new Refusal(404);
  if (!talk.fileRooms.areAllowed) throw new Refusal(400, null);
  const owner = talk.accounts.get(file.owner);
  if (owner === undefined) throw new Refusal(404);
  const room = talk.fileRooms.aboutFile(file, owner);
  return ok({ token: room.token });
}

function roomOfShare(call: Call): Answer {
  const { talk, parameters, credential } = call;
  const share = talk.files.publicShare(parameters['shareToken'] ?? '');
  const owner = share === undefined ? undefined : talk.accounts.get(share.file.owner);
  if (share === undefined || owner === undefined) throw new Refusal(404, null);
  if (!talk.fileRooms.areAllowed) throw new Refusal(400, null);
  const room = talk.fileRooms.aboutFile(share.file, owner);
  const user = credential?.user;
  return ok({ token: room.token, userId: user?.id ?? '', userDisplayName: user?.displayName ?? '' });
}

/** A room in which the password of a share is asked for. */
function roomForPassword({ talk, input }: Call): Answer {
  const shareToken = input.text('shareToken');
  const share = talk.files.publicShare(shareToken);
  const owner = share === undefined ? undefined : talk.accounts.get(share.file.owner);
  if (share === undefined || owner === undefined) throw new Refusal(404, null);
  const name = share.file.name;
  const room = talk.conversations.create(owner, {
    type: RoomType.public,
    name,
    objectType: 'share:password',
    objectId: shareToken,
  });
  return created({ token: room.token, name, displayName: name });
}

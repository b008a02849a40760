import type { Channel, Words } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import { present } from '../state/json.js';

/** Whose eyes a channel is shown to. */
export interface ChannelViewer {
  readonly user: string;
  readonly team: string;
}

/** A conversation as `conversations.info` shows it. */
export function viewChannel(channel: Channel, viewer: ChannelViewer): JsonObject {
  if (channel.kind === 'im') return viewIm(channel, viewer);
  const isPrivate = channel.kind !== 'public';
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'public' || (channel.kind === 'private' && channel.id.startsWith('C')),
    is_group: channel.kind === 'private' && channel.id.startsWith('G'),
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: isPrivate,
    created: channel.createdSeconds,
    is_archived: channel.isArchived,
    is_general: channel.isGeneral,
    unlinked: 0,
    name_normalized: channel.name,
    is_shared: channel.isShared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: viewer.team,
    updated: channel.updatedMs,
    parent_conversation: null,
    creator: channel.creator,
    is_ext_shared: channel.isShared,
    shared_team_ids: [...channel.teams],
    pending_connected_team_ids: [],
    ...(channel.isShared
      ? {
          conversation_host_id: channel.host,
          internal_team_ids: [channel.host],
          connected_team_ids: [...channel.teams].filter((team) => team !== viewer.team),
        }
      : {}),
    is_member: channel.members.has(viewer.user),
    topic: viewWords(channel.topic),
    purpose: viewWords(channel.purpose),
    previous_names: [...channel.previousNames],
  };
}

function viewIm(channel: Channel, viewer: ChannelViewer): JsonObject {
  return present({
    id: channel.id,
    created: channel.createdSeconds,
    is_archived: channel.isArchived,
    is_im: true,
    is_org_shared: false,
    context_team_id: viewer.team,
    updated: channel.updatedMs,
    user: [...channel.members].find((member) => member !== viewer.user) ?? viewer.user,
    is_user_deleted: false,
    priority: 0,
  });
}

function viewWords({ value, creator, setSeconds }: Words): JsonObject {
  return { value, creator, last_set: setSeconds };
}

/** As events name the kind of a channel. */
export function channelType(channel: Channel): 'channel' | 'group' | 'im' | 'mpim' {
  switch (channel.kind) {
    case 'public':
      return 'channel';
    case 'private':
      return 'group';
    case 'im':
    case 'mpim':
      return channel.kind;
  }
}

/** As membership events name it: by the first letter of its id. */
export function channelLetter(channel: Channel): string {
  return channel.id.slice(0, 1);
}

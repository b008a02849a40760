import { SlackError } from '../slack-error.js';
import { checkedBlocks } from '../state/block-rules.js';
import type { Channel } from '../state/channel.js';
import type { StoredFile } from '../state/files.js';
import { objectsIn, type JsonObject } from '../state/json.js';
import type { Content } from '../state/message.js';
import { viewFile, viewFileWithShares } from '../view/file-view.js';
import { botAuthor, ownChannel, reads, writes, type Call, type Methods } from './call.js';

const mostChannels = 100;

/** @param shareDelayMs how long after its answer an upload is shown in a channel */
export function fileMethods(shareDelayMs: number): Methods {
  return {
    'files.getUploadURLExternal': { ...writes(['files:write'], begin), json: 'ignored' },
    'files.completeUploadExternal': writes(['files:write'], (call) => complete(call, shareDelayMs)),
    'files.info': reads(['files:read'], info),
    'files.delete': writes(['files:write'], remove),
  };
}

function begin({ input, slack, installation }: Call): JsonObject {
  const name = input.required('filename');
  const lengthBytes = input.number('length', 0);
  if (lengthBytes <= 0) throw new SlackError('missing_argument');
  const { key, fileId } = slack.files.expect({
    team: installation.team,
    user: installation.botUser,
    name,
    lengthBytes,
  });
  return { upload_url: `${slack.base}/upload/v1/${key}`, file_id: fileId };
}

function complete(call: Call, shareDelayMs: number): JsonObject {
  const { input, slack } = call;
  const wanted = objectsIn(input.parts('files'));
  if (wanted.length === 0) throw new SlackError('invalid_arguments');
  const channels = channelsOf(call);
  const threadTs = input.optional('thread_ts');
  const content = contentOf(call);
  const files = wanted.map(({ id, title }) => {
    const named = typeof title === 'string' ? title : undefined;
    const file = slack.files.complete(String(id), named, slack.clock.nowSeconds());
    if (file === undefined) throw new SlackError('file_not_found');
    return file;
  });
  const share = (channel: Channel): void => {
    const left = files.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id);
    if (left.length === 0 || slack.conversations.get(channel.id) === undefined) return;
    const author = customized(call);
    const options = threadTs === undefined ? {} : { threadTs };
    slack.chat.say(channel, author, { ...content, files: left }, options);
  };
  // Files are worked on after the answer: where and when they are shown is told later.
  for (const channel of channels) slack.clock.after(shareDelayMs, () => share(channel));
  return { files: files.map((file) => viewFile(slack.look(), file)) };
}

function channelsOf(call: Call): readonly Channel[] {
  const { input } = call;
  const ids = [...input.ids('channel_id'), ...input.ids('channels')];
  if (ids.length > mostChannels) throw new SlackError('channels_limit_exceeded');
  return ids.map((id) => {
    const channel = ownChannel(call, id);
    if (channel.isArchived) throw new SlackError('posting_to_channel_denied');
    return channel;
  });
}

/** Blocks beside a comment are ignored. */
function contentOf({ input }: Call): Content {
  const comment = input.text('initial_comment');
  if (comment !== '' || !input.has('blocks')) return { text: comment };
  return { text: '', blocks: checkedBlocks(input.parts('blocks')) };
}

function customized(call: Call) {
  const author = botAuthor(call);
  if (!call.installation.scopes.includes('chat:write.customize')) return author;
  const username = call.input.optional('username');
  const iconUrl = call.input.optional('icon_url');
  return {
    ...author,
    ...(username === undefined ? {} : { username }),
    ...(iconUrl === undefined ? {} : { icons: { image_36: iconUrl, image_48: iconUrl, image_72: iconUrl } }),
  };
}

function info(call: Call): JsonObject {
  const file = known(call);
  if (file.isDeleted) throw new SlackError('file_deleted');
  const names = (id: string): string => call.slack.conversations.get(id)?.name ?? '';
  return {
    file: viewFileWithShares(call.slack.look(), file, names),
    comments: [],
    response_metadata: { next_cursor: '' },
  };
}

/** One's own files, and those of channels that one is in. */
function known(call: Call): StoredFile {
  const { input, slack, installation } = call;
  const file = slack.files.get(input.required('file'));
  const isShared = [...(file?.shares.keys() ?? [])].some(
    (id) => slack.conversations.get(id)?.members.has(installation.botUser) === true,
  );
  if (file === undefined || (file.user !== installation.botUser && !isShared)) throw new SlackError('file_not_found');
  return file;
}

function remove(call: Call): JsonObject {
  const file = known(call);
  if (file.isDeleted) throw new SlackError('file_deleted');
  if (file.user !== call.installation.botUser) throw new SlackError('cant_delete_file');
  call.slack.removeFile(file);
  return {};
}

import { cleanText } from '../../formatting/clean.js';
import { inlinesOf, type Run } from '../../formatting/runs.js';
import { saysNothing, toPlain } from '../../formatting/plain.js';
import type { AddedFile } from '../../model/bridge-event.js';
import type { FileLine, FileRef } from '../../model/ids.js';
import type { Block, RichText } from '../../model/rich-text.js';
import { fromBlocks, linked } from './from-slack-blocks.js';
import { oneLine, type Reading, textRuns, unescaped, withEmoji } from './from-slack-inlines.js';
import { fromMrkdwn } from './from-slack-mrkdwn.js';
import { type SlackSelf, slackFileId } from './slack.ids.js';
import type { Attachment, FileObject, SlackMessage } from './slack.payloads.js';

/** What a message says, its attachments included; empty where that is nothing. What links in it lead to is no part of it. */
export function bodyOf(message: SlackMessage, reading: Reading): RichText {
  const { blocks = [], text = '', attachments = [] } = message;
  const shown = fromBlocks(blocks, reading);
  // With blocks, `text` says the same for notifications; where they say nothing that we can read, it is what there is.
  const said = saysNothing(shown) ? fromMrkdwn(text, reading) : shown;
  const body = [...said, ...attachments.flatMap((each) => (isUnfurl(each) ? [] : fromAttachment(each, reading)))];
  return saysNothing(body) ? [] : body;
}

/** Slack adds what links lead to, later and as an edit; an app may do so as well. A message that was passed on was meant. */
function isUnfurl(attachment: Attachment): boolean {
  if (attachment.is_share === true) return false;
  const { from_url: from, original_url: original, is_msg_unfurl: message, is_app_unfurl: app } = attachment;
  return from !== undefined || original !== undefined || message === true || app === true;
}

/** Source: docs.slack.dev, "Secondary message attachments". */
function fromAttachment(attachment: Attachment, reading: Reading): Block[] {
  const { pretext = '', blocks = [], fallback = '' } = attachment;
  const passedOn = (attachment.message_blocks ?? []).flatMap(({ message }) => message.blocks ?? []);
  const shown = fromBlocks(passedOn.length > 0 ? passedOn : blocks, reading);
  const text = fromMrkdwn(attachment.text ?? '', reading);
  const head = headOf(attachment);
  const content = [...(head.length === 0 ? [] : [paragraph(head)]), ...(saysNothing(shown) ? text : shown)];
  content.push(...fieldsOf(attachment, reading), ...buttonsOf(attachment, reading), ...footerOf(attachment));
  const before = fromMrkdwn(pretext, reading);
  if (!saysNothing(content)) return [...before, { type: 'quote', content }];
  return saysNothing(before) ? fromMrkdwn(fallback, reading) : before;
}

function headOf({ author_name: author = '', title = '', title_link: link }: Attachment): Run[] {
  const [who, what] = [author, title].map((each) => oneLine(withEmoji(unescaped(each))));
  const bold = (run: Run): Run => ({ ...run, marks: [...run.marks, { type: 'bold' }] });
  const heads = [linked(who ?? '', undefined), linked(what ?? '', link)].filter((each) => each.length > 0);
  return heads.flatMap((each, index): Run[] => [...(index === 0 ? [] : [lineEnd]), ...each.map(bold)]);
}

const lineEnd: Run = { leaf: { type: 'break' }, marks: [] };

function fieldsOf({ fields = [] }: Attachment, reading: Reading): Block[] {
  return fields.flatMap(({ title = '', value = '' }): Block[] => {
    const name = oneLine(withEmoji(unescaped(title)));
    const [first, ...others] = fromMrkdwn(value, reading);
    const head: Run[] = name === '' ? [] : textRuns(`${name}:`, [{ type: 'bold' }]);
    if (head.length === 0) return first === undefined ? [] : [first, ...others];
    if (first?.type !== 'paragraph') return [paragraph(head), ...(first === undefined ? [] : [first]), ...others];
    const content = [...inlinesOf(head), { type: 'text', text: ' ' } as const, ...first.content];
    return [{ type: 'paragraph', content }, ...others];
  });
}

function buttonsOf({ actions = [] }: Attachment, reading: Reading): Block[] {
  const elements = actions.map(({ text = '', url }) => ({ type: 'button', text, url }));
  return fromBlocks([{ type: 'actions', elements }], reading);
}

function footerOf({ image_url: image, footer = '' }: Attachment): Block[] {
  const small = oneLine(withEmoji(unescaped(footer)));
  return [
    ...(image === undefined ? [] : [paragraph(linked('🖼️ image', image))]),
    ...(small === '' ? [] : [paragraph(textRuns(small, [{ type: 'italic' }]))]),
  ];
}

function paragraph(runs: readonly Run[]): Block {
  return { type: 'paragraph', content: inlinesOf(runs) };
}

/** Which of a message's files were deleted: their places among all of them. */
export function filesGone({ files = [] }: SlackMessage): readonly number[] {
  return files.flatMap(({ mode }, place) => (mode === 'tombstone' ? [place] : []));
}

/** The files that a message did not have before, each in its place. */
export function filesAdded(message: SlackMessage, before: SlackMessage, self: SlackSelf): readonly AddedFile[] {
  const had = new Set((before.files ?? []).map(({ id }) => id));
  return (message.files ?? []).flatMap((each, place) => {
    const [file] = had.has(each.id) ? [] : filesOf({ ...message, files: [each] }, self);
    return file === undefined ? [] : [{ place, file }];
  });
}

/** Those that a message is sent with, each in its place: what is not there any more, or hidden, is told of. */
export function filesSent(message: SlackMessage, self: SlackSelf): FileRef[] {
  const there = new Map(filesOf(message, self).map((file) => [file.id, file]));
  return (message.files ?? []).map(({ id, mode, name }) => {
    const file = slackFileId({ of: 'file', id });
    const why = mode === 'tombstone' ? 'it was deleted' : 'Slack hides it, because the workspace does not pay for it';
    const { account } = self;
    return (
      there.get(file) ?? { account, id: file, name: name ?? 'file', mime: 'application/octet-stream', instead: { why } }
    );
  });
}

/** The files of a message that are still there. */
export function filesOf({ files = [] }: SlackMessage, { account }: SlackSelf): FileRef[] {
  return files
    .filter(({ mode }) => mode !== 'tombstone' && mode !== 'hidden_by_limit')
    .map((file) => {
      const { size: bytes, original_w: width, original_h: height, duration_ms: durationMs } = file;
      return {
        account,
        id: slackFileId({ of: 'file', id: file.id }),
        name: nameOf(file),
        mime: file.mimetype || 'application/octet-stream',
        ...(bytes === undefined ? {} : { bytes }),
        ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
        ...(durationMs === undefined ? {} : { durationMs }),
        ...previewOf(file),
        ...(ofSlackItself.includes(file.mode ?? '') ? { instead: inSlackOnly(file) } : {}),
        ...(file.subtype === 'slack_audio' ? { voice: waveformOf(file) } : {}),
      };
    });
}

/** People of Slack see its title, which is its name unless somebody gave it another one; what it is stays in its ending. */
function nameOf({ name = '', title = '' }: FileObject): string {
  const [named, titled] = [name, title].map((each) => oneLine(unescaped(each))) as [string, string];
  const [ending = ''] = /(?<=.)\.[a-z0-9]{1,8}$/i.exec(named) ?? [];
  if (titled === '') return named || 'file';
  return titled.toLowerCase().endsWith(ending.toLowerCase()) ? titled : titled + ending;
}

/** Documents that are no files: what is downloaded of them is of no use elsewhere. */
const ofSlackItself: readonly string[] = ['quip', 'canvas', 'list'];

function inSlackOnly({ permalink = '' }: FileObject): FileLine {
  return { why: 'to be seen in Slack', ...(/^https?:\/\//i.test(permalink) ? { url: permalink } : {}) };
}

/** Slack draws the pages of documents too: those are of no use elsewhere. */
function previewOf({ mimetype = '', ...file }: FileObject): Pick<FileRef, 'preview'> {
  const address = file.thumb_800 ?? file.thumb_720 ?? file.thumb_480 ?? file.thumb_360 ?? file.thumb_video;
  if (address === undefined || !/^(?:image|video)\//.test(mimetype)) return {};
  return { preview: slackFileId({ of: 'preview', address }) };
}

/** Slack's goes up to 100. */
function waveformOf({ audio_wave_samples: samples }: FileObject): NonNullable<FileRef['voice']> {
  return samples === undefined ? {} : { waveform: samples.map((loudness) => Math.round(loudness * 10.24)) };
}

/** A topic or a purpose: Slack's markup as the text that it shows. */
export function plainOf(mrkdwn: string, reading: Reading): string {
  return cleanText(toPlain(fromMrkdwn(mrkdwn, reading))).trim();
}

import type { MessageSent } from '../../model/bridge-event.js';
import { MessageRefused } from '../../model/errors.js';
import { sayInPieces, piecesOf } from '../../model/file-parts.js';
import type { FileRef } from '../../model/ids.js';
import type { Copy, Deliver, DeliveryRequest, OpenedFile } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { fileLine } from '../../formatting/named-files.js';
import { rowIdOf, talkMessageId } from './talk.ids.js';
import { isMap, showLocation } from './talk.locations.js';
import { opening, post, reasoned, type Said, waysOf, type Writing } from './talk.posting.js';
import type { TalkUploads } from './talk.uploads.js';
import type { Voice } from './talk.voices.js';
import { shortQuoteOf } from './to-talk-quotes.js';

/** Says in Talk what was said elsewhere. */
export class MessageDelivery implements Deliver<'messageSent'> {
  readonly repeat = 'look';

  constructor(private readonly writing: Writing) {}

  async send(request: DeliveryRequest<MessageSent>, signal: AbortSignal): Promise<void> {
    const { voices, textsOf } = this.writing;
    const { speaker, room } = request;
    const { quote, replyTo } = await this.#answered(request, signal);
    const event = quote.length === 0 ? request.event : { ...request.event, body: [...quote, ...request.event.body] };
    if (event.location !== undefined && isMap(request)) {
      await showLocation(this.writing, request, event.location, signal);
      return;
    }
    const isSilent = event.attention === 'silent' || event.style === 'notice';
    const made = new Set(request.made.map(({ part }) => part));
    const { files } = event;
    const isWordless = event.body.length === 0 && files.length > 0;
    await voices.speak(room, speaker, signal, async (voice) => {
      const say = async (part: number, text: string): Promise<void> => {
        const said = { part, text, isSilent, ...(await this.#where(request, part, replyTo, signal)) };
        await post(this.writing, voice, request, said, signal);
        made.add(part);
      };
      const texts = isWordless ? [] : await textsOf({ ...event, files: [] }, speaker, voice.as);
      // Somebody else may have begun it.
      await sayInPieces(piecesOf(texts, files), made, {
        text: say,
        file: async (part, file, text) => {
          const said = { part, isSilent, ...(await this.#where(request, part, replyTo, signal)) };
          await this.#show(voice, request, file, text === undefined ? [] : event.body, said, signal);
          made.add(part);
        },
        instead: async (part, file, line) => {
          const [text = ''] = await textsOf({ ...event, body: fileLine(file, line), files: [] }, speaker, voice.as);
          await say(part, text);
        },
      });
    });
  }

  /** Whoever speaks shows it, where they have files of their own. Where those take it not, or nobody has any, our account does. */
  async #show(
    voice: Voice,
    request: DeliveryRequest<MessageSent>,
    file: FileRef,
    body: RichText,
    said: Omit<Said, 'text'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { uploads, voices } = this.writing;
    if (voice.files !== undefined) {
      const opened = await request.openFile(file, signal);
      try {
        await this.#showAs({ ...voice, files: voice.files }, request, file, opened, body, said, signal);
        return;
      } catch (error) {
        // Only then is it known that nothing is shown, and that nothing will be.
        if (!(error instanceof MessageRefused)) throw error;
      }
    }
    // What another has read a part of is opened anew.
    const opened = await request.openFile(file, signal);
    await this.#showAs({ ...voices.relay, files: uploads }, request, file, opened, body, said, signal);
  }

  /** Who is named above the file needs no name in its words; ours begin with that of who sent it. */
  async #showAs(
    voice: Voice & { readonly files: TalkUploads },
    request: DeliveryRequest<MessageSent>,
    file: FileRef,
    opened: OpenedFile,
    body: RichText,
    { part, isSilent, ...where }: Omit<Said, 'text'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, authors, threads, textsOf } = this.writing;
    const { room: token, event, speaker } = request;
    const isAlone = body.length === 0;
    const [text = ''] = await textsOf({ ...event, body, files: isAlone ? [file] : [] }, speaker, voice.as);
    const key = request.key(part);
    const [place = {}] = waysOf(where);
    const isNamed = voice.as !== 'relay' || speaker.as === 'bridge';
    const shown = { key, caption: isAlone && isNamed ? '' : text, isSilent, place };
    const asking = { signal, beforeSend: () => request.beforeSend() };
    const id = await opening(threads, token, where, key, () =>
      reasoned(voice, { client, token, signal, beyondChat: 'share files' }, () =>
        voice.files.show(token, file, opened, shown, asking),
      ),
    );
    const copy = { part, id: talkMessageId(id), key };
    authors.note(token, copy, voice);
    request.onMade(copy);
  }

  /** The parts of a message that begins a thread stand in it, as do those of one that was said in it. */
  async #where(
    { room, thread, event }: DeliveryRequest<MessageSent>,
    part: number,
    replyTo: Copy | undefined,
    signal: AbortSignal,
  ): Promise<Pick<Said, 'replyTo' | 'thread'>> {
    const answered = part === 0 ? replyTo : undefined;
    if (thread === undefined) {
      const title = part === 0 && event.thread === undefined ? event.title : undefined;
      return { replyTo: answered, ...(title === undefined ? {} : { thread: { threadTitle: title } }) };
    }
    const place = await this.writing.threads.placeOf(room, thread, signal);
    // What the bridge says of a message stands where that does.
    const isOfAnswered = answered !== undefined && event.by === 'bridge';
    if (place === undefined || ('threadTitle' in place && isOfAnswered)) return { replyTo: answered };
    // What the thread goes on from may stand outside of it.
    const isOutside = answered?.id === thread.id && !('threadId' in place && String(place.threadId) === thread.id);
    return { replyTo: isOutside ? undefined : answered, thread: { ...place, root: thread } };
  }

  /** What nobody can quote is quoted in the text, shortly. */
  async #answered(
    { room, replyTo }: DeliveryRequest<MessageSent>,
    signal: AbortSignal,
  ): Promise<{ readonly quote: RichText; readonly replyTo: Copy | undefined }> {
    const { voices, authors, client } = this.writing;
    const id = replyTo === undefined ? undefined : rowIdOf(replyTo.id);
    if (replyTo === undefined || id === undefined || !voices.hasUnquotable) return { quote: [], replyTo };
    if ((await authors.of(room, replyTo, signal)).as !== 'bridged') return { quote: [], replyTo };
    const row = await client.chat.get(room, id, signal);
    return { quote: row === undefined ? [] : shortQuoteOf(row, room), replyTo: undefined };
  }
}

import type { JsonObject } from './events.js';

export interface Receipt {
  readonly userId: string;
  readonly eventId: string;
  readonly type: string;
  readonly threadId: string | undefined;
  readonly atMs: number;
  readonly order: number;
}

export interface EphemeralChange {
  readonly roomId: string;
  /** `m.typing` or `m.receipt`, with its content and without a room. */
  readonly event: { readonly type: string; readonly content: JsonObject };
}

interface Typing {
  readonly timers: Map<string, NodeJS.Timeout>;
  order: number;
}

/** Who types and who has read how far: memory only. */
export class Ephemerals {
  #order = 0;
  readonly #typing = new Map<string, Typing>();
  readonly #receipts = new Map<string, Map<string, Receipt>>();
  readonly #watchers = new Set<(change: EphemeralChange) => void>();

  /** Grows with every change. */
  get order(): number {
    return this.#order;
  }

  watch(watcher: (change: EphemeralChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  setTyping(roomId: string, userId: string, forMs: number): void {
    const typing = this.#typing.get(roomId) ?? { timers: new Map<string, NodeJS.Timeout>(), order: 0 };
    this.#typing.set(roomId, typing);
    const timer = typing.timers.get(userId);
    clearTimeout(timer);
    if (forMs > 0) {
      const next = setTimeout(() => {
        this.setTyping(roomId, userId, 0);
      }, forMs);
      next.unref();
      typing.timers.set(userId, next);
      if (timer !== undefined) return;
    } else if (!typing.timers.delete(userId)) {
      return;
    }
    this.#order += 1;
    typing.order = this.#order;
    this.#tell({ roomId, event: this.#typingEvent(typing) });
  }

  /** The event up to which somebody has read a room; undefined: not at all. */
  receiptOf(roomId: string, userId: string, type: string): string | undefined {
    return this.#receipts.get(roomId)?.get(keyOf({ userId, type, threadId: undefined }))?.eventId;
  }

  setReceipt(roomId: string, receipt: Omit<Receipt, 'order'>): void {
    const receipts = this.#receipts.get(roomId) ?? new Map<string, Receipt>();
    this.#receipts.set(roomId, receipts);
    this.#order += 1;
    const whole = { ...receipt, order: this.#order };
    receipts.set(keyOf(receipt), whole);
    // Private receipts are for their own user's clients only.
    if (receipt.type === 'm.read')
      this.#tell({ roomId, event: { type: 'm.receipt', content: receiptContent([whole]) } });
  }

  typing(roomId: string): readonly string[] {
    return [...(this.#typing.get(roomId)?.timers.keys() ?? [])];
  }

  /** The ephemeral events of a room that changed after `order`, as `userId` may see them. */
  since(roomId: string, order: number, userId: string): readonly JsonObject[] {
    const events: JsonObject[] = [];
    const typing = this.#typing.get(roomId);
    if (typing !== undefined && typing.order > order) events.push(this.#typingEvent(typing));
    const receipts = [...(this.#receipts.get(roomId)?.values() ?? [])].filter(
      (receipt) => receipt.order > order && (receipt.type !== 'm.read.private' || receipt.userId === userId),
    );
    if (receipts.length > 0) events.push({ type: 'm.receipt', content: receiptContent(receipts) });
    return events;
  }

  /** Forgets who types, as a restart does. */
  stopTyping(): void {
    for (const typing of this.#typing.values()) for (const timer of typing.timers.values()) clearTimeout(timer);
    this.#typing.clear();
  }

  #typingEvent(typing: Typing): { type: string; content: JsonObject } {
    return { type: 'm.typing', content: { user_ids: [...typing.timers.keys()] } };
  }

  #tell(change: EphemeralChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}

function receiptContent(receipts: readonly Receipt[]): JsonObject {
  const content: Record<string, Record<string, Record<string, JsonObject>>> = {};
  for (const { eventId, type, userId, atMs, threadId } of receipts) {
    const byType = (content[eventId] ??= {});
    const byUser = (byType[type] ??= {});
    byUser[userId] = { ts: atMs, ...(threadId === undefined ? {} : { thread_id: threadId }) };
  }
  return content;
}

function keyOf({ userId, type, threadId }: Pick<Receipt, 'userId' | 'type' | 'threadId'>): string {
  return [userId, type, threadId ?? ''].join('\u0000');
}

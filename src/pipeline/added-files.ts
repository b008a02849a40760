import type { BridgeEvent, MessageSent } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { firstFilePart, textFilePart } from '../model/file-parts.js';
import type { WaitingDelivery } from '../model/delivery.js';
import type { Copy } from '../model/network-adapter.js';
import { fit } from './degrade-messages.js';

/** A file that an edit adds, as a message that is said. */
export interface AddedMessage {
  /** Its parts are numbered from here. */
  readonly firstPart: number;
  readonly event: MessageSent;
}

/** Pure: the files that an edit adds to a message and that its room does not show yet, each as a message of its own. */
export function addedIn(
  event: BridgeEvent,
  copies: readonly Pick<Copy, 'part'>[],
  capabilities: Pick<Capabilities, 'maxFileBytes'>,
): readonly AddedMessage[] {
  if (event.kind !== 'messageEdited') return [];
  const { room, actor, at, message, filesAdded = [] } = event;
  const said = { kind: 'messageSent', room, actor, at, message, body: [], style: 'text', attention: 'silent' } as const;
  return filesAdded.flatMap(({ place, file }) => {
    const firstPart = firstFilePart + place;
    if (copies.some(({ part }) => part === firstPart)) return [];
    return [{ firstPart, event: { ...said, files: [fit(file, capabilities)] } }];
  });
}

/** Pure: the files that edits gave a message and that it has no more; not those that an earlier attempt of the same edit made. */
export function replacedIn<C extends Copy>(
  event: BridgeEvent,
  copies: readonly C[],
  { made }: Pick<WaitingDelivery, 'made'>,
): readonly C[] {
  if (event.kind !== 'messageEdited' || event.filesBefore !== 'gone') return [];
  const kept = (event.filesAdded ?? []).map(({ place }) => firstFilePart + place);
  return copies.filter(
    ({ part, id }) =>
      part >= firstFilePart && part < textFilePart && !kept.includes(part) && !made.some((copy) => copy.id === id),
  );
}

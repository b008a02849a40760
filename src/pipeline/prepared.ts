import type { BridgeEvent } from '../model/bridge-event.js';
import type { Copy, DeliveryRequest } from '../model/network-adapter.js';

/** What is to be done for a delivery. */
export type Prepared =
  | { readonly skip: string }
  /** The room shows it already, by what another person did. */
  | { readonly shown: Copy | undefined }
  /** It is done, and these copies stand in the room no more. */
  | { readonly gone: readonly Copy[] }
  | {
      readonly send: Unbound;
      readonly hash: Buffer | null;
      readonly shownPart?: number;
      /** Files of the words as they were before an edit, which are to go. */
      readonly outdated?: readonly Copy[];
      /** Files that an edit adds, each as a message of its own. */
      readonly added?: readonly Unbound[];
    };

/** A request before it is bound to one attempt. */
export type Unbound = Omit<
  DeliveryRequest<BridgeEvent>,
  'mayBeDone' | 'made' | 'key' | 'onMade' | 'onGone' | 'beforeSend' | 'openFile'
> & {
  readonly firstPart: number;
  readonly maxFileBytes: number;
};

import type { JsonObject } from './json.js';
import type { Channel } from './channel.js';

/** Something that apps may be told of. */
export interface Happening {
  /** As apps get it; without the name of the app. */
  readonly event: JsonObject;
  /** Who may know: who sees the channel, everybody in a workspace, or the app with that bot alone. */
  readonly about:
    | { readonly kind: 'channel'; readonly channel: Channel }
    | { readonly kind: 'workspace'; readonly team: string }
    | { readonly kind: 'bot'; readonly botId: string };
}

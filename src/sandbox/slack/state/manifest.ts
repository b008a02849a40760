import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import type { NewApp } from './apps.js';

/** What of an app's manifest the server heeds. Source: https://docs.slack.dev/reference/app-manifest */
const schema = z
  .object({
    display_information: z.object({ name: z.string().min(1).max(35) }),
    features: z
      .object({
        slash_commands: z
          .array(z.object({ command: z.string().startsWith('/'), url: z.url().exactOptional() }))
          .default([]),
      })
      .prefault({}),
    oauth_config: z.object({
      redirect_urls: z.array(z.url()).default([]),
      scopes: z.object({ bot: z.array(z.string()).default([]) }),
    }),
    settings: z
      .object({
        event_subscriptions: z
          .object({ request_url: z.url().exactOptional(), bot_events: z.array(z.string()).default([]) })
          .prefault({}),
        interactivity: z.object({ request_url: z.url().exactOptional() }).prefault({}),
        socket_mode_enabled: z.boolean().default(false),
        token_rotation_enabled: z.boolean().default(false),
      })
      .prefault({}),
  })
  .refine(({ settings: { socket_mode_enabled: isSocket, event_subscriptions: to } }) => isSocket || to.request_url, {
    path: ['settings', 'event_subscriptions', 'request_url'],
    error: 'is needed without Socket Mode',
  });

/** The manifest is none. The message is a sentence for a person. */
export class ManifestFault extends Error {}

/** Pure: the app that a manifest describes, in YAML or JSON. Throws ManifestFault. */
export function appOf(manifest: string): NewApp {
  const { success, data, error } = schema.safeParse(read(manifest));
  if (!success) throw new ManifestFault(`This is no app manifest. ${z.prettifyError(error)}`);
  const { display_information: display, features, oauth_config: oauth, settings } = data;
  const { event_subscriptions: events, interactivity } = settings;
  const commandsAt = features.slash_commands.find(({ url }) => url !== undefined)?.url;
  return {
    name: display.name,
    scopes: oauth.scopes.bot,
    events: events.bot_events,
    commands: features.slash_commands.map(({ command }) => command),
    redirectUrls: oauth.redirect_urls,
    tokenRotation: settings.token_rotation_enabled,
    delivery:
      settings.socket_mode_enabled || events.request_url === undefined
        ? 'socketMode'
        : {
            events: events.request_url,
            ...(commandsAt === undefined ? {} : { commands: commandsAt }),
            ...(interactivity.request_url === undefined ? {} : { interactivity: interactivity.request_url }),
          },
  };
}

/** JSON is YAML too. */
function read(manifest: string): unknown {
  try {
    return parse(manifest);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ManifestFault(`This is neither YAML nor JSON: ${error.message}`);
    throw error;
  }
}

import { createHash } from 'node:crypto';
import type { JsonObject } from '../state/json.js';
import { present } from '../state/json.js';
import type { User } from '../state/workspace.js';
import type { Look } from './look.js';

const sizes = [24, 32, 48, 72, 192, 512] as const;

/** A person as `users.info` shows him to somebody of `viewer`'s workspace; a stranger's e-mail address and title stay hidden. */
export function viewUser(look: Look, user: User, viewer: string): JsonObject {
  const isStranger = user.team !== viewer;
  const isGuest = user.role === 'guest' || user.role === 'singleChannelGuest';
  return present({
    id: user.id,
    team_id: user.team,
    name: user.name,
    deleted: user.isDeactivated,
    ...(user.isDeactivated
      ? {}
      : { color: '9f69e7', tz: user.timeZone, tz_label: 'Central European Time', tz_offset: 3600 }),
    real_name: user.realName,
    profile: viewProfile(look, user, viewer),
    is_bot: user.bot !== undefined,
    is_app_user: false,
    updated: user.updatedSeconds,
    ...(user.isDeactivated
      ? {}
      : {
          is_admin: user.role === 'admin' || user.role === 'owner',
          is_owner: user.role === 'owner',
          is_primary_owner: user.role === 'owner',
          is_restricted: isGuest,
          is_ultra_restricted: user.role === 'singleChannelGuest',
          is_email_confirmed: true,
          who_can_share_contact_card: 'EVERYONE',
        }),
    is_stranger: isStranger ? true : undefined,
  });
}

export function viewProfile(look: Look, user: User, viewer: string): JsonObject {
  const isStranger = user.team !== viewer;
  const [first = '', ...rest] = user.realName.split(' ');
  const hash = avatarHash(user);
  const pictures = sizes.map((size) => [`image_${size}`, pictureOf(look, user, size)] as const);
  return present({
    title: isStranger ? '' : user.title,
    phone: '',
    skype: '',
    real_name: user.realName,
    real_name_normalized: plain(user.realName),
    display_name: user.displayName,
    display_name_normalized: plain(user.displayName),
    fields: null,
    status_text: user.statusText,
    status_emoji: user.statusEmoji,
    status_emoji_display_info: [],
    status_expiration: 0,
    avatar_hash: hash,
    ...(user.bot === undefined ? {} : { api_app_id: user.bot.appId, bot_id: user.bot.botId, always_active: true }),
    ...(user.picture === undefined ? {} : { image_original: user.picture, is_custom_image: true }),
    email: isStranger || user.email === '' ? undefined : user.email,
    first_name: first,
    last_name: rest.join(' '),
    ...Object.fromEntries(pictures),
    status_text_canonical: '',
    team: user.team,
  });
}

/** Changes with the picture. */
function avatarHash(user: User): string {
  if (user.picture === undefined) return `g${hashOf(user.id)}`;
  return hashOf(user.picture);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function pictureOf({ base }: Look, user: User, size: number): string {
  return user.picture ?? `${base}/avatars/${user.id}_${size}.png`;
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '');
}

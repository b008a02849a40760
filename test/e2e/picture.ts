import type { World } from './world.js';

/** A person of Matrix gives themselves a picture, as with a client. `user`: the whole id. */
export async function wearPicture(world: World, user: string, bytes: Buffer): Promise<void> {
  const { homeserver } = world.settings.accounts.hs as { homeserver: string };
  const authorization = `Bearer ${world.matrix.accessToken(user)}`;
  const upload = await fetch(`${homeserver}/_matrix/media/v3/upload?filename=picture.png`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'image/png' },
    body: new Uint8Array(bytes),
  });
  const { content_uri: address } = (await upload.json()) as { content_uri: string };
  await fetch(`${homeserver}/_matrix/client/v3/profile/${encodeURIComponent(user)}/avatar_url`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ avatar_url: address }),
  });
}

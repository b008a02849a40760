import type { SignalingSettings } from './api/signaling.endpoints.js';
import type { FederatedRoom, HelloProof } from './talk.signaling-messages.js';

/** Pure: where a server has a proof checked. */
export function backendOf(nextcloud: string): string {
  const path = '/ocs/v2.php/apps/spreed/api/v3/signaling/backend';
  const base = nextcloud.replace(/\/+$/, '');
  return base.endsWith(path) ? base : base + path;
}

/** Pure: the newer proof where the server takes it and Nextcloud gives it. */
export function proofOf(
  { helloAuthParams: proofs, userId, ticket }: SignalingSettings,
  features: readonly string[],
): HelloProof {
  const token = proofs['2.0']?.token ?? '';
  if (features.includes('hello-v2') && token !== '') return { version: '2.0', params: { token } };
  const old = proofs['1.0'];
  return { version: '1.0', params: { userid: old?.userid ?? userId ?? '', ticket: old?.ticket ?? ticket } };
}

/** Pure: what names a room of another server; undefined for one of this server. */
export function federationOf({ federation }: SignalingSettings): FederatedRoom | undefined {
  if (federation === null || federation === undefined || federation.server === '') return undefined;
  const { server, nextcloudServer, roomId, helloAuthParams } = federation;
  return { signaling: server, url: backendOf(nextcloudServer), roomid: roomId, token: helloAuthParams.token };
}

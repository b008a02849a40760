import type { Carrier, Notice, Share, Subject } from './state/federation.js';

const timeoutMs = 5_000;

/** Carries invitations and notices to other servers, in the form of Open Cloud Mesh. */
export class FederationCarrier implements Carrier {
  async share(server: string, share: Share): Promise<{ readonly displayName: string } | 'unknown' | undefined> {
    const { shareWith, roomToken, roomName, roomType, inviterCloudId, inviterName, subject } = share;
    const answer = await post(`${server}/ocm/shares`, {
      shareWith,
      shareType: 'user',
      resourceType: 'talk-room',
      name: roomName,
      providerId: String(subject.attendeeId),
      owner: inviterCloudId,
      ownerDisplayName: inviterName,
      sender: inviterCloudId,
      senderDisplayName: inviterName,
      protocol: { name: 'nctalk', options: { sharedSecret: subject.secret, roomToken, roomName, roomType } },
    });
    if (answer === undefined) return undefined;
    if (answer.status !== 201) return 'unknown';
    const { recipientDisplayName } = (await answer.json()) as { recipientDisplayName: string };
    return { displayName: recipientDisplayName };
  }

  async notify(server: string, from: string, subject: Subject, notice: Notice): Promise<boolean> {
    const { type, ...facts } = notice;
    const answer = await post(`${server}/ocm/notifications`, {
      notificationType: type,
      resourceType: 'talk-room',
      providerId: String(subject.attendeeId),
      notification: { sharedSecret: subject.secret, remoteServerUrl: from, ...facts },
    });
    return answer?.status === 201;
  }
}

/** Undefined where the server is not reached, which is all that fetch fails for. */
function post(url: string, body: unknown): Promise<Response | undefined> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => undefined);
}

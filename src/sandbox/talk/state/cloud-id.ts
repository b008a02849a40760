/** Somebody of another server: `dora@https://cloud.example`. */
export interface CloudId {
  readonly user: string;
  /** Without a slash at its end. */
  readonly server: string;
}

/** Pure: undefined for what names no server. One without its protocol has https. */
export function readCloudId(text: string): CloudId | undefined {
  const at = text.lastIndexOf('@');
  const user = text.slice(0, at);
  const server = text.slice(at + 1).replace(/\/+$/, '');
  if (at <= 0 || server === '' || /\s/.test(text)) return undefined;
  return { user, server: /^https?:\/\//.test(server) ? server : `https://${server}` };
}

export function writeCloudId({ user, server }: CloudId): string {
  return `${user}@${server.replace(/^https:\/\//, '')}`;
}

/** Pure: as people are shown it, without the protocol. */
export function shownCloudId(text: string): string {
  return text.replace(/@https?:\/\//, '@');
}

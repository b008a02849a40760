import { createHmac, timingSafeEqual } from 'node:crypto';
import { type DeliveryId, type DeliveryKey, deliveryId, deliveryKey } from '../model/ids.js';

const idBytes = 16;
const partBytes = 2;
const proofBytes = 16;
const totalBytes = idBytes + partBytes + proofBytes;

/**
 * Makes and verifies what every send carries: base64url of the delivery's UUID, the part as two bytes, and the first
 * 16 bytes of an HMAC-SHA256 over both. 46 characters that name a delivery and that nobody else can make.
 */
export class DeliveryKeys {
  constructor(private readonly installationSecret: Buffer) {}

  make(delivery: DeliveryId, part: number): DeliveryKey {
    const named = Buffer.alloc(idBytes + partBytes);
    Buffer.from(delivery.replaceAll('-', ''), 'hex').copy(named);
    named.writeUInt16BE(part, idBytes);
    return deliveryKey(Buffer.concat([named, this.#proof(named)]).toString('base64url'));
  }

  /** What the key names, or undefined when it was not made by this installation. */
  verify(key: DeliveryKey): { readonly delivery: DeliveryId; readonly part: number } | undefined {
    const bytes = Buffer.from(key, 'base64url');
    if (bytes.length !== totalBytes || bytes.toString('base64url') !== key) return undefined;
    const named = bytes.subarray(0, idBytes + partBytes);
    if (!timingSafeEqual(bytes.subarray(idBytes + partBytes), this.#proof(named))) return undefined;
    return { delivery: uuid(named.subarray(0, idBytes)), part: named.readUInt16BE(idBytes) };
  }

  #proof(named: Buffer): Buffer {
    return createHmac('sha256', this.installationSecret).update(named).digest().subarray(0, proofBytes);
  }
}

function uuid(bytes: Buffer): DeliveryId {
  const hex = bytes.toString('hex');
  return deliveryId([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
}

import fc from 'fast-check';
import { deliveryId, deliveryKey } from '../model/ids.js';
import { DeliveryKeys } from './delivery-key.js';

const keys = new DeliveryKeys(Buffer.alloc(32, 1));
const delivery = deliveryId('01890a5d-ac96-774b-bcce-b302099a8057');
const anyDelivery = fc.uuid().map(deliveryId);
const anyPart = fc.integer({ min: 0, max: 65_535 });

describe('DeliveryKeys', () => {
  it('a key has 46 characters that are safe in addresses, and is the same for ever', () => {
    expect(keys.make(delivery, 1)).toMatch(/^[A-Za-z0-9_-]{46}$/);
    expect(keys.make(delivery, 1)).toBe(new DeliveryKeys(Buffer.alloc(32, 1)).make(delivery, 1));
  });

  it('a key names its delivery and part', () => {
    fc.assert(
      fc.property(anyDelivery, anyPart, (id, part) => {
        expect(keys.verify(keys.make(id, part))).toEqual({ delivery: id, part });
      }),
    );
  });

  it('a key with any bit flipped is refused', () => {
    const bytes = Buffer.from(keys.make(delivery, 1), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(keys.verify(deliveryKey(flipped.toString('base64url')))).toBeUndefined();
    }
  });

  it('a key with any character changed is refused', () => {
    const key = keys.make(delivery, 1);
    const changed = fc.tuple(fc.nat({ max: 45 }), fc.constantFrom(...'ABCXYZabcxyz0189-_=+/ \n'));
    fc.assert(
      fc.property(changed, ([at, character]) => {
        const other = key.slice(0, at) + character + key.slice(at + 1);
        fc.pre(other !== key);
        expect(keys.verify(deliveryKey(other))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'a', ' ', 'A'.repeat(46), 'A'.repeat(47), '🦊'])('%j is no key', (text) => {
    expect(keys.verify(deliveryKey(text))).toBeUndefined();
    expect(keys.verify(deliveryKey(keys.make(delivery, 1) + text))).toEqual(
      text === '' ? { delivery, part: 1 } : undefined,
    );
  });

  it("another installation's key is refused", () => {
    expect(new DeliveryKeys(Buffer.alloc(32, 2)).verify(keys.make(delivery, 1))).toBeUndefined();
  });
});

import fc from 'fast-check';
import { derive, SecretBox, SecretUnreadable } from './secret-box.js';

const box = new SecretBox(Buffer.alloc(32, 1));

describe('SecretBox', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, row) => {
        expect(box.open(box.seal(plain, row), row)).toBe(plain);
      }),
    );
  });

  it('seals the same value differently each time', () => {
    expect(box.seal('a', 'row')).not.toBe(box.seal('a', 'row'));
  });

  it('opens nothing in another row, with another key, or changed', () => {
    const sealed = box.seal('secret', 'row');
    const bytes = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
    expect(() => box.open(sealed, 'other')).toThrow(SecretUnreadable);
    expect(() => new SecretBox(Buffer.alloc(32, 2)).open(sealed, 'row')).toThrow(SecretUnreadable);
    for (const part of bytes) {
      part[0] = (part[0] ?? 0) ^ 1;
      const changed = bytes.map((each) => each.toString('base64url')).join('.');
      expect(() => box.open(changed, 'row')).toThrow(SecretUnreadable);
      part[0] ^= 1;
    }
  });

  it.each(['', 'plain', 'a.b', 'a.b.c', '..'])('%j is no sealed value', (text) => {
    expect(() => box.open(text, 'row')).toThrow(SecretUnreadable);
  });

  it('names its key without telling it, and tells keys apart', () => {
    expect(box.keyId).toMatch(/^[A-Za-z0-9_-]{12}$/);
    expect(box.keyId).toBe(new SecretBox(Buffer.alloc(32, 1)).keyId);
    expect(box.keyId).not.toBe(new SecretBox(Buffer.alloc(32, 2)).keyId);
  });

  it('each purpose has a key of its own', () => {
    const master = Buffer.alloc(32, 1);
    expect(derive(master, 'one')).toHaveLength(32);
    expect(derive(master, 'one').equals(derive(master, 'two'))).toBe(false);
    expect(derive(master, 'one').equals(derive(master, 'one'))).toBe(true);
  });
});

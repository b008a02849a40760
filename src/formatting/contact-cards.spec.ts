import { contactBlock, contactsIn } from './contact-cards.js';
import { toPlain } from './plain.js';

it('a card as Nextcloud and iOS write it: grouped and folded lines, escaped signs', () => {
  const file = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    'N:Smith;Anna;;Dr.;',
    'FN:Dr. Anna Smith\\, the tent',
    '  maker',
    'ORG:Summer Fair;Tents;',
    'item1.TEL;type=CELL;type=VOICE;type=pref:+44 1632 960123',
    'TEL;VALUE=uri;TYPE="voice,home":tel:+44-1632-960124',
    'EMAIL;TYPE=INTERNET:anna@example.org',
    'EMAIL:anna@example.org',
    'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg',
    'NOTE:call after ten',
    'END:VCARD',
  ].join('\r\n');
  const [contact] = contactsIn(file);
  expect(contact).toEqual({
    name: 'Dr. Anna Smith, the tent maker',
    organization: 'Summer Fair, Tents',
    phones: ['+44 1632 960123', '+44-1632-960124'],
    mails: ['anna@example.org'],
  });
});

it('a card as old phones write it: quoted, over two lines, without a name as it is shown', () => {
  const file =
    'BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=\n=C3=BCrgen;;;\nTEL;CELL:0151\nEND:VCARD\n';
  expect(contactsIn(file)).toEqual([{ name: 'Jürgen Müller', phones: ['0151'], mails: [] }]);
});

it('several cards are several people, ten at most; what names and reaches nobody is none', () => {
  const card = (name: string): string => `BEGIN:VCARD\nFN:${name}\nEND:VCARD\n`;
  expect(contactsIn(`${card('Anna')}${card('')}${card('Ben')}`).map(({ name }) => name)).toEqual(['Anna', 'Ben']);
  expect(contactsIn(Array.from({ length: 50 }, (_, at) => card(String(at))).join(''))).toHaveLength(10);
  expect(contactsIn('no card at all\n: ;\u0000')).toEqual([]);
  expect(contactsIn('BEGIN:VCARD\nORG:Fair\nEND:VCARD')).toEqual([{ name: 'Fair', phones: [], mails: [] }]);
});

it('a line that is made to be hard to read is read at once', () => {
  const began = performance.now();
  expect(contactsIn(`BEGIN:VCARD\nFN${';'.repeat(30_000)}\nTEL${';a="b"'.repeat(8_000)}\nEND:VCARD`)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1_000);
});

it('a value is one clean line of bounded length', () => {
  const [contact] = contactsIn(`BEGIN:VCARD\nFN:${'x'.repeat(5_000)}\nTEL:1\\n2\u0000\nEND:VCARD`);
  expect(contact?.name).toHaveLength(200);
  expect(contact?.phones).toEqual(['1 2']);
});

it('is read as a name and a line for each way to reach it', () => {
  const contact = { name: 'Anna', organization: 'Fair', phones: ['0151'], mails: ['anna@example.org'] };
  expect(toPlain([contactBlock(contact)])).toBe('👤 Anna\nFair\n☎ 0151\n✉ anna@example.org');
});

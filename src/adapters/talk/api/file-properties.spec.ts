import { fileIdentityIn } from './file-properties.js';

const answer = (properties: string): string =>
  `<?xml version="1.0"?>\n<d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:response><d:href>/a%20%26%20b.txt</d:href><d:propstat><d:prop>${properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>\n`;

describe('fileIdentityIn', () => {
  it('is the number and the ETag, with its quotes', () => {
    const told = '<d:getetag>&quot;ae6a50&quot;</d:getetag><oc:fileid>430</oc:fileid>';
    expect(fileIdentityIn(answer(told))).toEqual({ id: '430', etag: '"ae6a50"' });
  });

  it('reads any prefix, and an ETag as it stands', () => {
    expect(fileIdentityIn(answer('<x1:fileid>7</x1:fileid><getetag>"e"</getetag>'))).toEqual({ id: '7', etag: '"e"' });
  });

  it('is without an ETag where there is none, or none that a header can carry', () => {
    expect(fileIdentityIn(answer('<oc:fileid>7</oc:fileid><d:getetag/>'))).toEqual({ id: '7' });
    expect(fileIdentityIn(answer('<oc:fileid>7</oc:fileid><d:getetag>"a&#10;b"</d:getetag>'))).toEqual({ id: '7' });
  });

  it('is nothing where no number is told', () => {
    for (const each of ['', '<oc:fileid/>', '<oc:fileid>x</oc:fileid>'])
      expect(fileIdentityIn(answer(each))).toBeUndefined();
    expect(fileIdentityIn('<html><body>nginx</body></html>')).toBeUndefined();
  });
});

import { CookieJar } from './talk.cookies.js';

describe('talk.cookies', () => {
  it('what a browser sends is sent on', () => {
    expect(new CookieJar(' nc_username=anna; oc_session=a=b==;').header()).toBe('nc_username=anna; oc_session=a=b==');
    expect(new CookieJar('').header()).toBe('');
  });

  it('what an answer sets is added or takes the place of what was there', () => {
    const jar = new CookieJar('a=1');
    jar.learn(['a=2; Path=/; HttpOnly', 'b=3; Secure']);
    expect(jar.header()).toBe('a=2; b=3');
  });

  it.each(['a=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/', 'a=; Max-Age=0', 'a=x; max-age=-1'])(
    'a cookie that ends is forgotten: %s',
    (line) => {
      const jar = new CookieJar('a=1; b=2');
      jar.learn([line]);
      expect(jar.header()).toBe('b=2');
    },
  );

  it('one that ends later is kept', () => {
    const jar = new CookieJar('');
    jar.learn(['a=1; Expires=Fri, 01-Jan-2100 00:00:01 GMT; Max-Age=100']);
    expect(jar.header()).toBe('a=1');
  });
});

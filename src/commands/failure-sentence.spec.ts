import { LoginRefused, NetworkUnavailable } from '../model/errors.js';
import { failureSentence } from './failure-sentence.js';

describe('failureSentence', () => {
  it('tells what is behind a broken connection, and the remedy', () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:9');
    expect(failureSentence(new NetworkUnavailable('the connection broke', { certainty: 'notSent', cause }))).toBe(
      'the connection broke: connect ECONNREFUSED 127.0.0.1:9. Check its address in the settings, and that it is running.',
    );
  });

  it('a refused login points to the credentials', () => {
    expect(failureSentence(new LoginRefused('the login was refused (401)'))).toBe(
      'the login was refused (401). Check name and password or token in the settings.',
    );
  });

  it('a login that needs something else points to that', () => {
    expect(failureSentence(new LoginRefused('nobody installed it', { remedy: 'Install it.' }))).toBe(
      'nobody installed it. Install it.',
    );
  });

  it('an error without words is told by its code', () => {
    expect(failureSentence(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  });
});

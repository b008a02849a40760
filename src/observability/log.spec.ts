import { readFileSync } from 'node:fs';
import { createLog } from './log.js';

describe('log', () => {
  const written = (fields: object): string => {
    const lines: string[] = [];
    createLog('info', { write: (line: string) => void lines.push(line) }).info(fields, 'event');
    return lines.join('');
  };

  const settings: unknown = JSON.parse(readFileSync('config/crosstalk.schema.json', 'utf8'));
  // What the database's address hides is no field of its own: addresses of servers are written.
  const secrets = [...new Set(secretsIn(settings))].filter((name) => name !== 'url').sort();

  it('has settings to hide', () => {
    expect(secrets).toEqual(expect.arrayContaining(['bearerToken', 'password', 'secretKey', 'sessionCookie']));
  });

  it.each([...secrets, 'appPassword', 'authorization', 'cookie'])('%s is never written', (name) => {
    const line = written({ [name]: 'hush', account: { [name]: 'hush' } });
    expect(JSON.parse(line)).toMatchObject({ [name]: '[hidden]', account: { [name]: '[hidden]' } });
    expect(line).not.toContain('hush');
  });

  it('of an error the kind and the message are written, not what caused it', () => {
    const error = new TypeError('it broke', { cause: new Error('hush') });
    expect(JSON.parse(written({ error }))).toMatchObject({ error: { kind: 'TypeError', message: 'it broke' } });
    expect(written({ error })).not.toContain('hush');
  });
});

/** The names of the settings that are secret, wherever they stand in the schema. */
function secretsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties = 'properties' in schema ? Object.entries(schema.properties as Record<string, object>) : [];
  const named = properties.filter(([, value]) => 'secret' in value && value.secret === true).map(([name]) => name);
  return [...named, ...Object.values(schema).flatMap(secretsIn)];
}

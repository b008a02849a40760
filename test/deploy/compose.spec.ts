import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { definitions } from '../../src/app.module.js';
import { loadSettings } from '../../src/settings/load-settings.js';

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): Compose => parse(readFileSync(`deploy/${file}`, 'utf8')) as Compose;

/** What docs/install.md has people write beside the compose file. */
const settingsFile = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/install.md', 'utf8'))![1]!;

const secretTexts: Readonly<Record<string, string>> = {
  'database-url': 'postgres://crosstalk:a-password@postgres:5432/crosstalk',
  'secret-key': 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=',
};

describe.each(['compose.yaml', 'compose.embedded.yaml'])('deploy/%s', (file) => {
  const { services, secrets, volumes } = read(file);
  const crosstalk = services['crosstalk']!;

  it('sets only what there is to set, and finds each secret where it is mounted', async () => {
    const settings = await loadSettings({
      env: crosstalk.environment ?? {},
      definitions,
      folder: '/app',
      readFile: (path) => {
        if (path === '/etc/crosstalk/crosstalk.yaml')
          return Promise.resolve({ text: settingsFile, readableBy: 'some' as const });
        const name = /^\/run\/secrets\/(.+)$/.exec(path)?.[1];
        return Promise.resolve(
          name !== undefined && crosstalk.secrets?.includes(name) === true
            ? { text: secretTexts[name] ?? 'a long secret of our own', readableBy: 'some' as const }
            : { text: undefined, missing: true, reason: 'there is no such file' },
        );
      },
    });
    expect(settings.file).toBe('/etc/crosstalk/crosstalk.yaml');
    expect(settings.listen.admin.token).toBe('a long secret of our own');
    expect(settings.database.url !== undefined).toBe(file === 'compose.yaml');
    expect(settings.warnings).toEqual([]);
  });

  it('writes no secret down, and declares every one that is used, and every volume', () => {
    expect(JSON.stringify(services)).not.toMatch(/postgres(ql)?:\/\/|"[A-Z_]*(PASSWORD|TOKEN|SECRET_KEY|URL)":/);
    const used = Object.values(services).flatMap((service) => service.secrets ?? []);
    expect([...new Set(used)].sort()).toEqual(Object.keys(secrets).sort());
    for (const [name, { file: path }] of Object.entries(secrets)) expect(path).toBe(`./secrets/${name}`);
    const mounted = Object.values(services)
      .flatMap((service) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]!)
      .filter((source) => !source.startsWith('.'));
    expect(mounted).toEqual(Object.keys(volumes));
  });

  it('lets nobody in from other machines by itself', () => {
    for (const port of Object.values(services).flatMap(({ ports = [] }) => ports))
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('gives the service nothing that it does not need', () => {
    expect(crosstalk.read_only).toBe(true);
    expect(crosstalk.cap_drop).toEqual(['ALL']);
    expect(crosstalk.security_opt).toEqual(['no-new-privileges:true']);
  });

  it('starts after its database where it has one of its own', () => {
    if (file === 'compose.embedded.yaml') expect(Object.keys(services)).toEqual(['crosstalk']);
    else expect(crosstalk.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });
});

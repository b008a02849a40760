import { slackSettings } from './slack.settings.js';

const faultsOf = (settings: Readonly<Record<string, unknown>>): string[] => {
  const parsed = slackSettings.safeParse(settings);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};

it('two tokens are enough', () => {
  expect(slackSettings.parse({ botToken: 'xoxb-1', appToken: 'xapp-1' })).toMatchObject({
    receive: 'socketMode',
    apiUrl: 'https://slack.com/api/',
    command: '/crosstalk',
    operators: [],
  });
});

it.each([
  [
    { appToken: 'xapp-1' },
    ['botToken is missing: it is what the app logs in with, unless it is installed by clientId'],
  ],
  [{ botToken: 'xoxb-1' }, ['appToken is missing: Socket Mode needs it']],
  [{ botToken: 'xoxb-1', receive: 'eventsApi', signingSecret: '1' }, ['url is missing: the Events API needs it']],
  [
    { botToken: 'xoxb-1', receive: 'eventsApi' },
    ['signingSecret is missing: the Events API needs it', 'url is missing: the Events API needs it'],
  ],
  [{ clientId: '1.2', appToken: 'xapp-1' }, ['clientId needs clientSecret, url and team beside it']],
])('what does not go together is said: %j', (settings, faults) => {
  expect(faultsOf(settings)).toEqual(faults);
});

it('addresses end in no slash, the API’s in one', () => {
  const { url, apiUrl } = slackSettings.parse({
    botToken: 'xoxb-1',
    appToken: 'xapp-1',
    url: 'https://bridge.example.org/',
    apiUrl: 'https://slack.example.org/api',
  });
  expect([url, apiUrl]).toEqual(['https://bridge.example.org', 'https://slack.example.org/api/']);
});

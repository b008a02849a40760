import { talkApiPage } from './talk-api-page.js';

const rowOf = (page: string, method: string): string[] | undefined =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| \`${method}\``))
    ?.split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');

describe('api/talk-api-page', () => {
  it('an endpoint has its method, answers, need and recordings', () => {
    const exchanges = [
      { method: 'chat.summarize', from: '15-the-rest: a summary', response: { status: 400 } },
      { method: 'chat.summarize', from: '03-chat: a summary', response: { status: 400 } },
      { method: 'chat.summarize', from: '03-chat: one more', response: { status: 201 } },
      { method: 'chat.summarize', from: 'description', response: { status: 204 } },
    ];
    expect(rowOf(talkApiPage([], exchanges), 'summarize')).toEqual([
      '`summarize`',
      '`POST v1/chat/{token}/summarize`',
      '201, 204, 400, 500',
      '`chat-summary-api`',
      '03: 201, 400; 15: 400',
    ]);
  });

  it('who names an endpoint or calls its method uses it; of a class those who call the member that does', () => {
    const sources = [
      { path: 'talk.calls.ts', text: 'await client.api.chat.summarize({ token }, signal);' },
      { path: 'talk.other.ts', text: 'chatEndpoints.summarized; client.chat.read()' },
      { path: 'talk.reader.ts', text: 'this.client.chat.summed(token)' },
      {
        path: 'api/chat.ts',
        text: [
          'export class ChatApi {',
          '  constructor(private readonly door: OcsDoor) {}',
          '',
          '  async summed(token: string): Promise<void> {',
          '    await this.#ask(token);',
          '  }',
          '',
          '  read(): void {',
          '  }',
          '',
          '  #ask(token: string): Promise<void> {',
          '    return pathOf(chatEndpoints.summarize, { token });',
          '  }',
          '}',
        ].join('\n'),
      },
    ];
    expect(rowOf(talkApiPage(sources, []), 'summarize')?.at(-1)).toBe('`talk.calls.ts`, `talk.reader.ts`');
  });
});

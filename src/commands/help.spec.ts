import { commands } from './commands.js';
import { helpOf, overview } from './help.js';

describe('help', () => {
  it('has a line for every verb', () => {
    const lines = overview(commands).split('\n');
    for (const { name, summary } of commands) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ {2}${name} +\\S`)));
      expect(summary).toMatch(/^[^\n]+\.$/);
    }
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s is told with its options and an example',
    (name, command) => {
      const text = helpOf(command);
      expect(text).toMatch(new RegExp(`^Usage: crosstalk ${name}\\b.*\\n\\n${command.summary.slice(0, 20)}`));
      for (const option of Object.keys(command.options)) {
        expect(text).toMatch(new RegExp(`^ {2}--${option}( [^ ]+)? {2,}\\S`, 'm'));
      }
      expect(text).toContain(`\nExamples:\n  crosstalk ${name}`);
      expect(Math.max(...(command.notes ?? '').split('\n').map((line) => line.length))).toBeLessThan(125);
    },
  );

  it('the usage lies in one line', () => {
    for (const command of commands) expect(command.usage).not.toContain('\n');
  });
});

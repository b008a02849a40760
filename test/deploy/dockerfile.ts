/** One instruction of a Dockerfile: its word in capitals, and the rest of its lines as one. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** A stage begins with FROM; the last one is what is shipped. */
export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Pure. Throws where something stands before the first FROM. Source: Docker's reference of the Dockerfile. */
export function stagesOf(text: string): readonly Stage[] {
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  for (const line of lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n')) {
    const [, word = '', rest = ''] = /^\s*(\w+)\s+(.*?)\s*$/.exec(line) ?? [];
    if (word === '') continue;
    if (word === 'FROM') {
      const [, image = '', name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
      stages.push({ image, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${word} stands before the first FROM`);
      stage.instructions.push({ word, rest });
    }
  }
  return stages;
}

/** The words of an instruction in exec form; undefined where it is in shell form. */
export function execForm(rest: string): readonly string[] | undefined {
  try {
    const words: unknown = JSON.parse(rest);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined; // A line for the shell is no JSON.
  }
}

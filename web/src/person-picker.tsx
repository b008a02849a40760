import type { PagePerson } from '../../src/sandbox/page.types.js';
import { Avatar } from './avatar.js';
import { texts } from './language-in-use.js';

export function PersonPicker({
  name,
  people,
  chosen,
  onChoose,
}: {
  /** Tells this group of choices from others of the page. */
  readonly name: string;
  readonly people: readonly PagePerson[];
  readonly chosen: string;
  readonly onChoose: (person: string) => void;
}) {
  return (
    <fieldset class="people">
      <legend class="only-read">{texts.writeAs}</legend>
      {people.map((person) => (
        <label key={person.id}>
          <input
            type="radio"
            class="only-read"
            name={`${name}-person`}
            checked={person.id === chosen}
            onChange={() => onChoose(person.id)}
          />
          <Avatar person={person} />
          {person.name}
        </label>
      ))}
    </fieldset>
  );
}

import { useState } from 'preact/hooks';
import type { PageBlock, PageControl, PageMessage } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';
import type { MessageActs } from './message-acts.js';
import { RichText } from './rich-text.js';

/** What an app made of blocks, line by line, with its buttons. */
export function BlockLines({
  message,
  blocks,
  isActive,
  acts,
}: {
  readonly message: PageMessage;
  readonly blocks: readonly PageBlock[];
  /** Whether its buttons are in the order of the Tab key. */
  readonly isActive: boolean;
  readonly acts: MessageActs;
}) {
  const tabIndex = isActive ? 0 : -1;
  return (
    <div class="blocks">
      {blocks.map(({ look, text, controls }, at) => (
        <div key={at} class={look === 'small' ? 'block quiet' : 'block'}>
          <div class="words">
            <RichText text={text} side="slack" />
          </div>
          {controls.map((control) =>
            control.is === 'button' ? (
              <button
                key={control.value}
                type="button"
                tabIndex={tabIndex}
                onClick={() => acts.press(message, control.action, [control.value])}
              >
                {control.words}
              </button>
            ) : (
              <Menu
                key={control.action}
                control={control}
                tabIndex={tabIndex}
                onChosen={(values) => acts.press(message, control.action, values)}
              />
            ),
          )}
        </div>
      ))}
    </div>
  );
}

function Menu({
  control,
  tabIndex,
  onChosen,
}: {
  readonly control: Extract<PageControl, { is: 'menu' }>;
  readonly tabIndex: number;
  readonly onChosen: (values: readonly string[]) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { words, options, most } = control;
  return (
    <div class="menu">
      <button type="button" tabIndex={tabIndex} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {words} ▾
      </button>
      {isOpen && (
        <fieldset>
          <legend class="only-read">{words}</legend>
          {options.map((option) => {
            const isChosen = chosen.includes(option.value);
            return (
              <label key={option.value}>
                <input
                  type="checkbox"
                  checked={isChosen}
                  disabled={!isChosen && chosen.length >= most}
                  onChange={() =>
                    setChosen(isChosen ? chosen.filter((each) => each !== option.value) : [...chosen, option.value])
                  }
                />
                {option.words}
              </label>
            );
          })}
          <button
            type="button"
            onClick={() => {
              setOpen(false);
              onChosen(chosen);
            }}
          >
            {texts.poll.vote}
          </button>
        </fieldset>
      )}
    </div>
  );
}

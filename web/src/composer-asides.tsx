import { useRef } from 'preact/hooks';
import { texts } from './language-in-use.js';

/** Lets people choose files, which are sent with what stands in the field. */
export function Attach({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same one may be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <Aside icon={asideIcons.attach} words={texts.attach} onPress={() => input.current?.click()} />
    </>
  );
}

export const asideIcons = {
  attach: 'M19.5 11.6l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.5 1.5 0 0 1-2.2-2.2l7-7',
  poll: 'M5 20v-7M12 20V5M19 20v-10',
  thread: 'M5 5h14v10H10l-4 4v-4H5zM8.5 8.7h7M8.5 11.6h4.5',
} as const;

/** What can be sent beside words. */
export function Aside({
  icon,
  words,
  onPress,
}: {
  readonly icon: string;
  readonly words: string;
  readonly onPress: () => void;
}) {
  return (
    <button type="button" class="aside" aria-label={words} title={words} onClick={onPress}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={icon} />
      </svg>
    </button>
  );
}

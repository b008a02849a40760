import { memo } from 'preact/compat';
import type { PageMessage, TextSpan } from '../../src/sandbox/page.types.js';
import { Avatar } from './avatar.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const MessageRow = memo(function MessageRow({
  message,
  isOwn,
  goesOn,
  otherNetwork,
}: {
  readonly message: PageMessage;
  readonly isOwn: boolean;
  /** Its author and time stand above it already. */
  readonly goesOn: boolean;
  readonly otherNetwork: string;
}) {
  const { author, atMs, text, delivery } = message;
  const at = new Date(atMs);
  return (
    <article class={`message ${isOwn ? 'own' : ''} ${goesOn ? 'goes-on' : ''}`}>
      {!goesOn && <Avatar person={author} />}
      <p class={goesOn ? 'by only-read' : 'by'}>
        <strong>{author.name}</strong> <time dateTime={at.toISOString()}>{clock.format(at)}</time>
      </p>
      <div class="said">
        <p class="text" dir="auto">
          {text.map(span)}
        </p>
        {delivery !== undefined && <Delivery delivery={delivery} to={otherNetwork} />}
      </div>
    </article>
  );
});

const elements = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;

function span({ text, look }: TextSpan) {
  if (look === undefined) return text;
  const Element = elements[look];
  return <Element>{text}</Element>;
}

function Delivery({ delivery, to }: { readonly delivery: NonNullable<PageMessage['delivery']>; readonly to: string }) {
  const words = delivery === 'arrived' ? `arrived in ${to}` : `on its way to ${to}`;
  return (
    <span class={`delivery ${delivery}`} title={words}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {delivery === 'arrived' ? (
          <path d="M3 8.5l3.2 3.2L13 5" />
        ) : (
          <path d="M8 4.5V8l2.4 1.6M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z" />
        )}
      </svg>
      <span class="only-read">{words}</span>
    </span>
  );
}

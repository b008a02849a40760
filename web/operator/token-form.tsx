import { useState } from 'preact/hooks';
import { texts } from './texts-in-use.js';

export function TokenForm({ onToken }: { onToken: (token: string) => void }) {
  const [token, type] = useState('');
  return (
    <form
      class="card token"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(token.trim());
      }}
    >
      <h2>{texts.locked.title}</h2>
      <p class="quiet">{texts.locked.why}</p>
      <div class="line">
        <label class="only-read" for="token">
          {texts.locked.field}
        </label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          value={token}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
        <button type="submit" class="main" disabled={token.trim() === ''}>
          {texts.locked.open}
        </button>
      </div>
    </form>
  );
}

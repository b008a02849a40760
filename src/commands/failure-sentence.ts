import { LoginRefused, NetworkUnavailable, RateLimited } from '../model/errors.js';

/** Pure: what went wrong with a login, for the person who can mend it: the error, what is behind it, the remedy. */
export function failureSentence(error: unknown): string {
  const said = [...new Set(messages(error))].join(': ');
  const remedy = remedyFor(error);
  return remedy === '' ? said : `${said}. ${remedy}`;
}

/** The message of an error and of those that caused it. */
function messages(error: unknown): string[] {
  if (!(error instanceof Error)) return typeof error === 'string' ? [error] : [];
  // Node tells of several refused addresses in one error without a message.
  const own = error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
  return [own, ...messages(error.cause)];
}

function remedyFor(error: unknown): string {
  if (error instanceof LoginRefused) return error.remedy ?? 'Check name and password or token in the settings.';
  if (error instanceof RateLimited) return 'Wait, then try again.';
  if (error instanceof NetworkUnavailable) return 'Check its address in the settings, and that it is running.';
  return '';
}

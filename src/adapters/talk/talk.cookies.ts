/** The cookies of one session with one server: all go with each request, whatever their paths. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** `header`: as a browser sends them, `a=1; b=2`. */
  constructor(header: string) {
    for (const pair of header.split(';')) this.#set(pair);
  }

  /** Takes over what `Set-Cookie` headers say. */
  learn(setCookie: readonly string[]): void {
    for (const line of setCookie) {
      const [pair = '', ...attributes] = line.split(';');
      if (attributes.some(isOver)) this.#cookies.delete(nameIn(pair));
      else this.#set(pair);
    }
  }

  /** Empty where there are none. */
  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #set(pair: string): void {
    const name = nameIn(pair);
    if (name !== '') this.#cookies.set(name, pair.slice(pair.indexOf('=') + 1).trim());
  }
}

function nameIn(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : pair.slice(0, equals).trim();
}

/** Whether an attribute says that the cookie ends here: PHP dates such a one to the beginning of time, without any age. */
function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=');
  switch (name.trim().toLowerCase()) {
    case 'max-age':
      return Number(value) <= 0;
    case 'expires':
      return /\b1970\b/.test(value);
    default:
      return false;
  }
}

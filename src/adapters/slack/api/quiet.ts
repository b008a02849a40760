/** What Slack's libraries log are requests and answers whole: contents. We log by ourselves. */
export const quiet = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
  setLevel: (): void => undefined,
  getLevel: (): never => 'error' as never,
  setName: (): void => undefined,
};

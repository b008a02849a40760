/** Does what a person asked for, and says what became of it. */
export type Act = (work: () => Promise<string>) => Promise<void>;

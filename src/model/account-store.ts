/** What an adapter remembers between starts. Each account sees its own entries only. */
export interface AccountStore {
  get(key: string): Promise<unknown>;
  /** Stores plain JSON. `secret: true` encrypts it at rest. */
  put(key: string, value: unknown, options?: { readonly secret?: boolean }): Promise<void>;
  delete(key: string): Promise<void>;
  /** The entries whose key begins with `prefix`, by key. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
}

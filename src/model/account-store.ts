/** What an adapter remembers between starts. Each account sees its own entries only. */
export interface AccountStore {
  get(key: string): Promise<unknown>;
  /** Stores plain JSON. `secret: true` encrypts it at rest. */
  put(key: string, value: unknown, options?: { readonly secret?: boolean }): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Stores `value` (undefined: deletes) if what stands there still is what was read, `was` (undefined: nothing). Answers whether it did:
   * of replicas that do so at the same time, one does.
   */
  replace(
    key: string,
    was: unknown,
    value: unknown,
    options?: { readonly secret?: boolean },
  ): Promise<'replaced' | 'changed'>;
  /** The entries whose key begins with `prefix`, by key. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
}

/** Collects items as they arrive. A caller can wait for an item. */
export interface Feed<T> {
  push(item: T): void;
  /** The items that have arrived. */
  items(): readonly T[];
  /** Calls the listener with each future item. */
  onItem(listener: (item: T) => void): void;
  /**
   * Returns the first wanted item, past or future.
   *
   * @throws Error if no wanted item arrives before the timeout
   */
  waitFor(isWanted: (item: T) => boolean, timeoutMs: number): Promise<T>;
}

/** @param what the name of the item in the error message, as in "event" */
export function createFeed<T>(what: string): Feed<T> {
  const items: T[] = [];
  const listeners = new Set<(item: T) => void>();
  return {
    push(item) {
      items.push(item);
      for (const listener of listeners) listener(item);
    },
    items: () => items,
    onItem: (listener) => void listeners.add(listener),
    waitFor: (isWanted, timeoutMs) =>
      new Promise((resolve, reject) => {
        const known = items.find(isWanted);
        if (known !== undefined) return resolve(known);
        const settle = (act: () => void) => {
          clearTimeout(timer);
          listeners.delete(listener);
          act();
        };
        const listener = (item: T) => isWanted(item) && settle(() => resolve(item));
        const timer = setTimeout(
          () => settle(() => reject(new Error(`No ${what} within ${timeoutMs / 1000} s`))),
          timeoutMs,
        );
        listeners.add(listener);
      }),
  };
}

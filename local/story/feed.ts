/** Things as they happen, and a way to wait for one of them. */
export interface Feed<T> {
  push(item: T): void;
  /** The items so far. */
  items(): readonly T[];
  /** Calls the listener with each item from now on. */
  onItem(listener: (item: T) => void): void;
  /** The first item, past or future, that is wanted. @throws Error where none has come in time */
  waitFor(isWanted: (item: T) => boolean, timeoutMs: number): Promise<T>;
}

/** @param what for the error message, as in "event" */
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

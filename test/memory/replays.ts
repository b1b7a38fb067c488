import type { ReplayState, Replays } from '../../core/redelivery/ports.ts';

/** Replays in memory. */
export function createMemoryReplays(): Replays & { readonly states: Map<string, ReplayState> } {
  const states = new Map<string, ReplayState>();
  return {
    states,
    find: async (id) => states.get(id),
    async save(state, previousVersion) {
      if (states.get(state.id)?.version !== previousVersion) return false;
      states.set(state.id, state);
      return true;
    },
  };
}

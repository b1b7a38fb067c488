/** The part of a hostile layer that the report shows. */
interface Reported {
  readonly seed: number;
  readonly trace: readonly string[];
}

/** The layers that run, or that closed since the last report. */
const layers = new Map<Reported, { hasClosed: boolean }>();

const shownFaults = 15;

/** Notes a layer, so that the report of a failed test can name its seed. Returns a function to call when it closes. */
export function noteRunning(layer: Reported): () => void {
  const state = { hasClosed: false };
  layers.set(layer, state);
  return () => {
    state.hasClosed = true;
  };
}

/** Describes the layers of the test that just ended: the seed of each, and its last faults. */
export function describeRunning(): readonly string[] {
  const lines = [...layers.keys()].flatMap(({ seed, trace }) => [
    `The hostile DynamoDB had the seed ${seed}. Repeat the test with HOSTILE_SEED=${seed}. Its last faults:`,
    ...trace.slice(-shownFaults).map((fault) => `  ${fault}`),
  ]);
  for (const [layer, { hasClosed }] of layers) if (hasClosed) layers.delete(layer);
  return lines;
}

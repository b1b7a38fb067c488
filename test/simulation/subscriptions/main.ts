import { runInterleavings } from './run.ts';

// Runs many interleavings: `npm run simulate -- <count> <first seed>`. SIMULATION_SEED repeats a single one.

const { SIMULATION_RUNS, SIMULATION_SEED } = process.env;
const [given, from] = process.argv.slice(2);
const count = SIMULATION_SEED === undefined ? Number(given ?? SIMULATION_RUNS ?? 100_000) : 1;
const first = Number(SIMULATION_SEED ?? from ?? 1);

const report = await runInterleavings({ first, count });
for (const { message } of report.failures) console.log(`${message}\n`);
const { runs, steps, faults, seen, failures } = report;
console.log(`${runs} interleavings, seed ${first}: ${failures.length} broken`);
console.log(`${steps} steps, ${seen.calls} calls, ${seen.succeeded} succeeded`);
console.log(
  `crashes ${(faults.crash ?? 0) + (faults['crash after'] ?? 0)}, answers lost and repeated ${faults.repeat ?? 0}, lost for good ${faults.lose ?? 0}, failed calls ${faults.fail ?? 0}, stalls ${faults.stall ?? 0}, takeovers ${seen.takeovers}, forged handshakes first ${seen.forgeries}, webhooks removed by Asana ${seen.removedByAsana}`,
);
if (failures.length > 0) process.exitCode = 1;

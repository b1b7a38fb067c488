import type { Clock } from '../clock.ts';
import type { Probe, ProbeRegistry } from './ports.ts';

/** What finding a broken link takes. */
export interface DiagnosisServices {
  readonly registry: ProbeRegistry;
  /** Calls our own endpoint as Asana would. */
  readonly probe: Probe;
  readonly now: Clock;
  /** Where Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
}

import type { Clock } from '../clock.ts';
import type { Probe, ProbeRegistry } from './ports.ts';

/** The services that find the cause of a failed create call. */
export interface DiagnosisServices {
  readonly registry: ProbeRegistry;
  /** Sends a handshake to our own endpoint, as Asana would. */
  readonly probe: Probe;
  readonly now: Clock;
  /** The base URL at which Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
}

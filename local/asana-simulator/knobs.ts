/** What can be set about the simulator. Where Asana documents nothing, the default is a guess and says so. */
export interface Knobs {
  /** Asana refuses localhost and the like with 403; here they are what tests have. */
  readonly allowLocalTargets: boolean;
  /** Asana names no rule about https; products should count on it. */
  readonly requireHttps: boolean;
  /** How long Asana waits for an answer to a handshake or delivery; documented as 10 s. */
  readonly answerTimeoutMs: number;
  /** What counts as success: 200 and 204 as documented, or any 2xx. */
  readonly acceptAnySuccess: boolean;
  /** Hexadecimal digits of a hook secret: 32 was seen, the documentation shows 64. */
  readonly secretLength: 32 | 64;
  /** The handshake's body; not documented. */
  readonly handshakeBody: '{}' | '';
  /** From an event to its delivery. A guess: Asana speaks of under a minute on average. */
  readonly batchWindowMs: number;
  /** Events in one delivery. A guess, from the page size of the Events API. */
  readonly maxBatch: number;
  /** From the create call to the first heartbeat. A guess, from what was seen of last_success_at. */
  readonly firstHeartbeatMs: number;
  /** Between heartbeats; documented as 8 hours. */
  readonly heartbeatMs: number;
  /** Asana documents that deliveries are signed, and nothing of heartbeats. */
  readonly signHeartbeats: boolean;
  /** Pauses between retries: the first, doubling to the longest. Not documented but for "exponential". */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Without success for so long, a webhook is deleted; documented as 24 hours. */
  readonly deleteAfterMs: number;
  /** Whether a retry carries new events as well or is the same request again; not documented. */
  readonly retryBody: 'rebatch' | 'identical';
  /** Whether a 410 deletes the webhook at once; not documented. */
  readonly deleteOn410: boolean;
  /** Whether a change of a task also adds a story, as it was seen to do. */
  readonly systemStories: boolean;
  /** Objects in a list without a limit; a longer list was seen to be refused. */
  readonly maxUnpaged: number;
  /** Events in one page of the Events API. */
  readonly eventsPerPage: number;
  /** How long a sync token lasts. */
  readonly syncTokenMs: number;
  /** How long an offset token lasts. */
  readonly offsetTokenMs: number;
  /** How long a bearer token of OAuth lasts; documented as an hour. */
  readonly accessTokenMs: number;
  /** Whether each refresh brings a new refresh token. Asana was not seen to do it. */
  readonly rotateRefreshTokens: boolean;
  /** Webhooks and event streams on one resource. */
  readonly maxPerResource: number;
  /** Webhooks of one app for one user. */
  readonly maxPerUser: number;
  /** Requests in a minute, per token: 150 on free domains, 1,500 on paid ones. */
  readonly requestsPerMinute: number;
  /** Requests at once, per token. */
  readonly concurrentReads: number;
  readonly concurrentWrites: number;
}

export const defaultKnobs: Knobs = {
  allowLocalTargets: true,
  requireHttps: false,
  answerTimeoutMs: 10_000,
  acceptAnySuccess: false,
  secretLength: 32,
  handshakeBody: '{}',
  batchWindowMs: 1_000,
  maxBatch: 100,
  firstHeartbeatMs: 1_000,
  heartbeatMs: 8 * 3_600_000,
  signHeartbeats: true,
  firstRetryMs: 60_000,
  longestRetryMs: 3_600_000,
  deleteAfterMs: 24 * 3_600_000,
  retryBody: 'rebatch',
  deleteOn410: false,
  systemStories: true,
  maxUnpaged: 1_000,
  eventsPerPage: 100,
  syncTokenMs: 24 * 3_600_000,
  offsetTokenMs: 15 * 60_000,
  accessTokenMs: 3_600_000,
  rotateRefreshTokens: false,
  maxPerResource: 1_000,
  maxPerUser: 10_000,
  requestsPerMinute: 1_500,
  concurrentReads: 50,
  concurrentWrites: 15,
};

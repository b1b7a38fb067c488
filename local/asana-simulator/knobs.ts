/**
 * The settings of the simulator. If Asana does not document a value, the default is a guess, and the comment says so.
 */
export interface Knobs {
  /** Asana refuses localhost and similar targets with 403. Tests have only such targets. */
  readonly allowLocalTargets: boolean;
  /** Asana documents no rule about https. Products should expect that https is required. */
  readonly requireHttps: boolean;
  /** How long Asana waits for an answer to a handshake or delivery. Documented as 10 s. */
  readonly answerTimeoutMs: number;
  /** Which statuses count as success: 200 and 204 as documented, or any 2xx. */
  readonly acceptAnySuccess: boolean;
  /** The number of hexadecimal digits of a hook secret: 32 were observed, the documentation shows 64. */
  readonly secretLength: 32 | 64;
  /** The handshake's body. Not documented. */
  readonly handshakeBody: '{}' | '';
  /** The time from an event to its delivery. A guess: Asana says under a minute on average. */
  readonly batchWindowMs: number;
  /** The maximum number of events in one delivery. A guess, based on the page size of the Events API. */
  readonly maxBatch: number;
  /** The time from the create call to the first heartbeat. A guess, based on observed values of last_success_at. */
  readonly firstHeartbeatMs: number;
  /** The time between heartbeats. Documented as 8 hours. */
  readonly heartbeatMs: number;
  /** Asana documents that deliveries are signed. It does not document whether heartbeats are signed. */
  readonly signHeartbeats: boolean;
  /** The first pause between retries. It doubles up to the longest pause. Asana documents only "exponential". */
  readonly firstRetryMs: number;
  /** The longest pause between retries. */
  readonly longestRetryMs: number;
  /** A webhook without success for this time is deleted. Documented as 24 hours. */
  readonly deleteAfterMs: number;
  /** Whether a retry also contains new events or repeats the same request. Not documented. */
  readonly retryBody: 'rebatch' | 'identical';
  /** Whether a 410 deletes the webhook at once. Not documented. */
  readonly deleteOn410: boolean;
  /** Whether a change of a task also adds a story, as observed at Asana. */
  readonly systemStories: boolean;
  /** The maximum number of objects in a list without a limit. Asana was observed to refuse a longer list. */
  readonly maxUnpaged: number;
  /** The maximum number of events in one page of the Events API. */
  readonly eventsPerPage: number;
  /** How long a sync token is valid. */
  readonly syncTokenMs: number;
  /** How long an offset token is valid. */
  readonly offsetTokenMs: number;
  /** How long a bearer token of OAuth is valid. Documented as an hour. */
  readonly accessTokenMs: number;
  /** Whether each refresh returns a new refresh token. Asana was not observed to do this. */
  readonly rotateRefreshTokens: boolean;
  /** The maximum number of webhooks and event streams on one resource. */
  readonly maxPerResource: number;
  /** The maximum number of webhooks of one app for one user. */
  readonly maxPerUser: number;
  /** The maximum number of requests per minute and token: 150 on free domains, 1,500 on paid domains. */
  readonly requestsPerMinute: number;
  /** The maximum number of concurrent GET requests per token. */
  readonly concurrentReads: number;
  /** The maximum number of other concurrent requests per token. */
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

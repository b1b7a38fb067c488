/** What a caller must know of an error. */
interface ErrorFacts {
  /** When it happens. */
  readonly when: string;
  /** What to do about it. */
  readonly advice: string;
}

/**
 * The errors of all operations, by name. The names are stable: Step Functions and other callers catch by them,
 * since Lambda passes on only an error's name and message.
 */
export const errors = {
  InvalidRequest: {
    when: 'A parameter is missing, unknown or malformed, or parameters contradict each other.',
    advice: 'Correct what the message names. Nothing was done.',
  },
  TargetNotOurs: {
    when: 'createWebhook names a target that is not at this endpoint.',
    advice: 'Leave `target` out, or add `external: true` if another system answers the handshake.',
  },
  ConnectionNotReady: {
    when: 'The connection has no usable token: it is empty, unreadable, or its grant was revoked.',
    advice: 'Connect it again with putConnection or beginOAuth.',
  },
  ConnectionInUse: {
    when: 'A connection that still has webhooks is to be deleted.',
    advice: 'Delete its webhooks first, or add `force: true`.',
  },
  ConnectionNotFound: {
    when: 'There is no connection of this name.',
    advice: 'See listConnections.',
  },
  OAuthNotConfigured: {
    when: 'There is no OAuth app, or Asana does not know its credentials.',
    advice: "Put the app's clientId and clientSecret into the secret `<stack>/oauth-app`.",
  },
  OAuthRefused: {
    when: 'Asana refused to exchange the code or the refresh token.',
    advice: 'Begin again with beginOAuth.',
  },
  OAuthStateUnknown: {
    when: 'The authorization was used already, took more than 10 minutes, or belongs to a browser.',
    advice: 'Begin again with beginOAuth.',
  },
  WebhookNotFound: {
    when: 'No webhook of this gid or subscription is in the registry.',
    advice: 'See getWebhooks.',
  },
  CreateInProgress: {
    when: 'Another call is at work on the same webhook, or its remains are not cleaned up yet.',
    advice: 'Call again in a minute.',
  },
  IdempotencyKeyReused: {
    when: 'The idempotencyKey was used with other parameters in the last 24 hours.',
    advice: 'Choose another key for another webhook.',
  },
  HandshakeNotConfirmed: {
    when: "The secret of the handshake is not the one in Asana's answer, or one of them is missing.",
    advice: 'Check that `publicBaseUrl` leads to this API; then call again. No webhook was left behind.',
  },
  EventNotFound: {
    when: 'The event is not in the event log, or was not found in time.',
    advice: 'It may have expired. Name its `createdAt` to find it at once.',
  },
  EventBusUnavailable: {
    when: 'The event bus does not accept the events of a replay.',
    advice: 'Call again with the same replayId to continue.',
  },
  ReplayIdReused: {
    when: 'The replayId was used with other parameters.',
    advice: 'Use the same parameters to continue that replay, or another id.',
  },
  ReplayTakenOver: {
    when: 'Another invocation continued the replay at the same time.',
    advice: 'Call again to see how far it has come.',
  },
  UnknownConsumer: {
    when: 'replayEvents names a consumer that this stack does not have.',
    advice: 'The message lists the consumers there are. Events for an unknown consumer would reach nobody.',
  },
  UnknownQueue: {
    when: 'There is no dead-letter queue of this name.',
    advice: 'The message lists the queues there are.',
  },
  StorageUnavailable: {
    when: 'A table, a secret or a queue did not do what was asked.',
    advice: 'Call again. If it persists, look at the tables and secrets.',
  },
  AsanaBadRequest: {
    when: 'Asana answered 400, also when it could not complete the handshake.',
    advice: "Read Asana's words in the message.",
  },
  AsanaUnauthorized: {
    when: 'Asana answered 401: the token is refused.',
    advice: 'Connect the account again.',
  },
  AsanaPaymentRequired: {
    when: "Asana answered 402: the workspace's plan does not include this.",
    advice: "Read Asana's words in the message.",
  },
  AsanaForbidden: {
    when: 'Asana answered 403: no access, a missing scope, a local address, a duplicate, or a limit.',
    advice: "Read Asana's words in the message; see getQuota for the limits.",
  },
  AsanaNotFound: {
    when: 'Asana answered 404: the object does not exist, or this connection may not see it.',
    advice: 'Check the gid and the connection.',
  },
  AsanaRateLimited: {
    when: 'Asana answered 429 and asks for a longer pause than this call can wait.',
    advice: 'Call again after the time that the message names.',
  },
  AsanaRefused: {
    when: 'Asana answered with another 4xx status.',
    advice: "Read Asana's words in the message.",
  },
  AsanaUnavailable: {
    when: 'Asana answered 5xx or something that is not its API, or the connection failed.',
    advice: 'Call again.',
  },
  AsanaTimeout: {
    when: 'Asana did not answer in time.',
    advice: 'Call again.',
  },
} as const satisfies Readonly<Record<string, ErrorFacts>>;

/** The name of an error. */
export type ErrorName = keyof typeof errors;

/** The name of an error that Asana's answer, or its absence, causes. */
export type AsanaErrorName = Extract<ErrorName, `Asana${string}`>;

/** What any operation can fail with. */
export const everyOperation = [
  'InvalidRequest',
  'StorageUnavailable',
] as const satisfies readonly ErrorName[];

/** What an operation that calls Asana can fail with. */
export const callingAsana = [
  ...everyOperation,
  'ConnectionNotReady',
  'OAuthNotConfigured',
  'AsanaBadRequest',
  'AsanaUnauthorized',
  'AsanaPaymentRequired',
  'AsanaForbidden',
  'AsanaNotFound',
  'AsanaRateLimited',
  'AsanaRefused',
  'AsanaUnavailable',
  'AsanaTimeout',
] as const satisfies readonly ErrorName[];

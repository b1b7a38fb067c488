/** What a caller must know about an error. */
interface ErrorFacts {
  /** When it happens. */
  readonly when: string;
  /** What to do about it. */
  readonly advice: string;
}

/**
 * The errors of all operations, by name. The names are stable, because Step Functions and other callers catch
 * errors by name: Lambda passes on only an error's name and message.
 */
export const errors = {
  InvalidRequest: {
    when: 'A parameter is missing, unknown or malformed, or parameters contradict each other.',
    advice: 'Correct the parameters that the message names. Nothing was changed.',
  },
  TargetNotOurs: {
    when: 'createWebhook names a target that is not at this endpoint.',
    advice: 'Leave `target` out, or add `external: true` if another system answers the handshake.',
  },
  ConnectionNotReady: {
    when: 'The connection has no usable token: it is empty, unreadable, or its grant was revoked. Or Asana does not accept the token of putConnection.',
    advice: 'Connect it again with putConnection or beginOAuth.',
  },
  ConnectionInUse: {
    when: 'deleteConnection was called for a connection that still has webhooks.',
    advice: 'Delete its webhooks first, or add `force: true`.',
  },
  ConnectionNotFound: {
    when: 'There is no connection of this name.',
    advice: 'listConnections shows the connections that exist.',
  },
  OAuthNotConfigured: {
    when: 'There is no OAuth app, or Asana does not know its credentials.',
    advice: "Put the app's clientId and clientSecret into the secret `<stack>/oauth-app`.",
  },
  OAuthRefused: {
    when: 'Asana refused the code of an authorization, or the token that it issued.',
    advice: 'Begin again with beginOAuth.',
  },
  OAuthStateUnknown: {
    when: 'The authorization was already used, took more than 10 minutes, or was begun for a browser.',
    advice: 'Begin again with beginOAuth.',
  },
  WebhookNotFound: {
    when: 'The registry has no webhook or subscription of this name, or the subscription has no webhook now.',
    advice: 'listSubscriptions shows the subscriptions that exist.',
  },
  ConnectionMismatch: {
    when: "The call names a connection that is not the webhook's own.",
    advice: "Leave `connection` out, or name the webhook's own connection. Nothing was changed.",
  },
  WebhookStateUnknown: {
    when: 'Asana answers that a webhook does not exist, but the answer proves nothing: the token may belong to another user, or Asana does not list all webhooks.',
    advice: 'The message says what is missing. deleteWebhook accepts `force: true`.',
  },
  SubscriptionChanged: {
    when: 'Another call deleted, paused or replaced the subscription at the same time, or it is paused.',
    advice: 'listSubscriptions shows its state.',
  },
  NameTaken: {
    when: 'The connection already has a subscription of this name.',
    advice: 'Choose another name, or call ensureWebhook to use that subscription.',
  },
  CreateInProgress: {
    when: 'Another call is working on the same webhook, or an earlier failed call is not cleaned up yet.',
    advice: 'Call again in a minute.',
  },
  IdempotencyKeyReused: {
    when: 'The idempotencyKey was used with other parameters in the last 24 hours.',
    advice: 'Choose another key for another webhook.',
  },
  HandshakeNotConfirmed: {
    when: "The secret of the handshake differs from the secret in Asana's answer, or one of the two is missing.",
    advice: 'Check that `publicBaseUrl` leads to this API; then call again. No webhook was left behind.',
  },
  EventNotFound: {
    when: 'The event is not in the event log, or was not found in time.',
    advice: 'It may have expired. Specify its `createdAt` to find it directly.',
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
    advice: 'Call again to see its progress.',
  },
  UnknownConsumer: {
    when: 'replayEvents names a consumer that this stack does not have.',
    advice:
      'The message lists the existing consumers. Events for an unknown consumer would not be delivered.',
  },
  UnknownQueue: {
    when: 'There is no dead-letter queue of this name.',
    advice: 'The message lists the existing queues.',
  },
  StorageUnavailable: {
    when: 'A call to a table, a secret or a queue failed.',
    advice: 'Call again. If the error persists, check the tables and secrets.',
  },
  AsanaBadRequest: {
    when: 'Asana answered 400. It also does so if it could not complete the handshake.',
    advice: "Read Asana's text in the message.",
  },
  AsanaUnauthorized: {
    when: 'Asana answered 401: it does not accept the token.',
    advice: 'Connect the account again.',
  },
  AsanaPaymentRequired: {
    when: "Asana answered 402: the workspace's plan does not include this.",
    advice: "Read Asana's text in the message.",
  },
  AsanaForbidden: {
    when: 'Asana answered 403: no access, a missing scope, a local address, a duplicate, or a limit.',
    advice: "Read Asana's text in the message. getQuota shows the limits.",
  },
  AsanaNotFound: {
    when: 'Asana answered 404: the object does not exist, or this connection has no access to it.',
    advice: 'Check the gid and the connection.',
  },
  AsanaRateLimited: {
    when: 'Asana answered 429 and asks for a longer pause than this call can wait.',
    advice: 'Call again after the time in the message.',
  },
  AsanaRefused: {
    when: 'Asana answered with another 4xx status.',
    advice: "Read Asana's text in the message.",
  },
  AsanaUnavailable: {
    when: "Asana answered 5xx, or the answer did not come from Asana's API, or the connection failed.",
    advice: 'Call again.',
  },
  AsanaTimeout: {
    when: 'Asana did not answer in time.',
    advice: 'Call again.',
  },
} as const satisfies Readonly<Record<string, ErrorFacts>>;

/** The name of an error. */
export type ErrorName = keyof typeof errors;

/** The name of an error that is caused by Asana's answer, or by a missing answer. */
export type AsanaErrorName = Extract<ErrorName, `Asana${string}`>;

/** The errors that every operation can fail with. */
export const everyOperation = [
  'InvalidRequest',
  'StorageUnavailable',
] as const satisfies readonly ErrorName[];

/** The errors that every operation that calls Asana can fail with. */
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

/** The further errors of operations that create a webhook for a subscription. */
export const creatingHook = [
  'HandshakeNotConfirmed',
  'CreateInProgress',
  'SubscriptionChanged',
  'WebhookStateUnknown',
] as const satisfies readonly ErrorName[];

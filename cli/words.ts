/** Names in the function's messages, and their equivalents on the command line. */
const words: readonly (readonly [RegExp, string])[] = [
  [/\bwith putConnection or beginOAuth\b/g, 'with asana-webhooks connect <name>, or add --oauth'],
  [/\bforce: true\b/g, '--force'],
  [/\bputConnection\b/g, 'asana-webhooks connect'],
  [/\bbeginOAuth\b/g, 'asana-webhooks connect --oauth'],
  [/\blistConnections\b/g, 'asana-webhooks connections'],
  [/\bcheckConnection\b/g, 'asana-webhooks connections check'],
  [/\bdeleteConnection\b/g, 'asana-webhooks connections delete'],
  [/\bgetWebhooks\b/g, 'asana-webhooks list'],
  [/\bgetWebhook\b/g, 'asana-webhooks get'],
  [/\bcreateWebhooks?\b/g, 'asana-webhooks create'],
  [/\bensureWebhook\b/g, 'asana-webhooks create --ensure'],
  [/\blistSubscriptions\b/g, 'asana-webhooks subscriptions'],
  [/\bgetSubscription\b/g, 'asana-webhooks subscriptions get'],
  [/\bResume it with updateSubscription\b/g, 'Resume it with asana-webhooks subscriptions resume'],
  [/\bupdateSubscription\b/g, 'asana-webhooks subscriptions update'],
  [/\bupdateWebhook\b/g, 'asana-webhooks update'],
  [/\bdeleteWebhooks?\b/g, 'asana-webhooks delete'],
  [/\bgetQuota\b/g, 'asana-webhooks quota'],
  [/\blistEvents\b/g, 'asana-webhooks events list'],
  [/\bgetEvent\b/g, 'asana-webhooks events get'],
  [/\breplayEvents\b/g, 'asana-webhooks replay'],
  [/\blistDeadLetters\b/g, 'asana-webhooks dlq list'],
  [/\bredriveDeadLetters\b/g, 'asana-webhooks dlq redrive'],
  [/\bfinishOAuth\b/g, 'asana-webhooks connect --oauth'],
  [/\bthis replayId\b/g, 'this --replay-id'],
  [/\breplayId\b/g, '--replay-id'],
  [/\bidempotencyKey\b/g, '--idempotency-key'],
  [/\bnextToken\b/g, '--next'],
  [/\bSpecify its createdAt, too\b/g, 'Add --at with its time, too'],
  [/\bwebhookGid\b/g, 'the webhook'],
  [/\beventsPerSecond\b/g, '--events-per-second'],
  [/\brequestsPerMinute\b/g, '--requests-per-minute'],
  [/\bThe parameters of asana-webhooks ([a-z -]+) are not valid\b/g, 'asana-webhooks $1 cannot do this'],
];

/** Rewrites a message of the management function with commands and options instead of operations and parameters. */
export function inOurWords(message: string): string {
  return words.reduce((text, [theirs, ours]) => text.replace(theirs, ours), message);
}

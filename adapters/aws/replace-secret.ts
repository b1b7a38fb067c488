import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/**
 * The staging label of a version that is not current yet. All replacements use the same label: a put moves it from the
 * version of a replacement that died, so that labels never add up to the 20 that a secret may have.
 */
const nextStage = 'REPLACEMENT';

interface Replacement {
  readonly id: string;
  /** The version that must be current. */
  readonly version: string;
  readonly text: string;
}

/**
 * Replaces the value of a secret if `version` is still its current version. Returns false if it is not, or if there is
 * no such secret.
 *
 * Secrets Manager has no conditional write. But it moves the label AWSCURRENT only if the request names the version
 * that has the label (API reference, UpdateSecretVersionStage). So the new version is put without AWSCURRENT, and then
 * the label is moved. Neither call creates a secret.
 */
export async function replaceSecret(
  client: SecretsManagerClient,
  { id, version, text }: Replacement,
): Promise<boolean> {
  // The token becomes the version id. With the same token, a repetition by the SDK adds no second version.
  const next = randomUUID();
  const added = await unlessGone(
    client.send(
      new PutSecretValueCommand({
        SecretId: id,
        SecretString: text,
        ClientRequestToken: next,
        VersionStages: [nextStage],
      }),
    ),
  );
  if (added === undefined) return false;
  try {
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: id,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: next,
        RemoveFromVersionId: version,
      }),
    );
    return true;
  } catch (error) {
    // If the answer was lost, the SDK repeats the move, and the repetition is refused. The current version tells.
    const latest = await unlessGone(client.send(new GetSecretValueCommand({ SecretId: id })));
    if (latest?.VersionId === next) return true;
    if (latest !== undefined) await discard(client, id, next);
    const isLost = error instanceof InvalidParameterException || isGone(error) || latest === undefined;
    if (isLost) return false;
    throw error;
  }
}

/** Takes the label from a version that did not become current, so that Secrets Manager can remove the version. */
async function discard(client: SecretsManagerClient, id: string, version: string): Promise<void> {
  const removal = { SecretId: id, VersionStage: nextStage, RemoveFromVersionId: version };
  // If this fails, the next replacement moves the label.
  await client.send(new UpdateSecretVersionStageCommand(removal)).catch(() => undefined);
}

/** Returns undefined if the secret does not exist, or is marked for deletion. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  if (error instanceof ResourceNotFoundException) return true;
  // InvalidRequestException has several causes. Only the message tells them apart.
  return error instanceof InvalidRequestException && /for deletion/.test(error.message);
}

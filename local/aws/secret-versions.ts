import { randomUUID } from 'node:crypto';
import type { Platform } from '../../functions/runtime/platform.ts';
import { ServiceError } from './json-service.ts';

type Input = Readonly<Record<string, unknown>>;

/** A version of a secret, with its staging labels. */
export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly stages: readonly string[];
}

/** The versions of a secret, with the rules of Secrets Manager's API reference. Refusals throw ServiceError. */
export interface SecretVersions {
  has(id: unknown): boolean;
  /** PutSecretValue: adds a version. A repetition with the same ClientRequestToken and value changes nothing. */
  put(input: Input): SecretVersion;
  /** GetSecretValue: the version of a version id or of a staging label; AWSCURRENT by default. */
  get(input: Input): SecretVersion;
  /** UpdateSecretVersionStage: moves, adds or removes a staging label. */
  moveStage(input: Input): void;
  /** The staging labels by version id, without versions that have no label. */
  idsToStages(): Readonly<Record<string, readonly string[]>>;
}

/** The quota of staging labels on all versions of a secret together. */
const maxStages = 20;

export function createVersions(now: Platform['now']): SecretVersions {
  const versions = new Map<string, Omit<SecretVersion, 'stages'>>();
  /** The version id of each staging label. A label is on one version at most. */
  const stages = new Map<string, string>();

  const stagesOf = (id: string) => [...stages].filter(([, at]) => at === id).map(([label]) => label);

  function version(id: unknown): SecretVersion {
    const found = versions.get(String(id));
    if (found !== undefined) return { ...found, stages: stagesOf(found.id) };
    throw new ServiceError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value.",
    );
  }

  /** @throws ServiceError if these labels would be too many. */
  function checkLimit(labels: readonly string[]): void {
    if (new Set([...stages.keys(), ...labels]).size <= maxStages) return;
    throw new ServiceError(
      'LimitExceededException',
      'You exceeded the maximum number of staging labels allowed on a secret.',
    );
  }

  function attach(label: string, id: string): void {
    const before = stages.get(label);
    stages.set(label, id);
    // The version that loses AWSCURRENT always becomes AWSPREVIOUS.
    if (label === 'AWSCURRENT' && before !== undefined && before !== id) stages.set('AWSPREVIOUS', before);
  }

  return {
    has: (id) => versions.has(String(id)),

    put({ SecretString: value, ClientRequestToken: token = randomUUID(), VersionStages: labels }) {
      if (typeof value !== 'string')
        throw new ServiceError('InvalidRequestException', 'SecretString must be text.');
      if (typeof token !== 'string' || token.length < 32 || token.length > 64)
        throw new ServiceError('InvalidParameterException', 'ClientRequestToken has 32 to 64 characters.');
      const existing = versions.get(token);
      if (existing !== undefined) {
        if (existing.value === value) return version(token);
        throw new ServiceError('ResourceExistsException', 'You can not modify an existing version.');
      }
      const wanted = Array.isArray(labels) ? labels.map(String) : ['AWSCURRENT'];
      // The first version gets AWSCURRENT in any case.
      const all = versions.size === 0 ? [...new Set(['AWSCURRENT', ...wanted])] : wanted;
      checkLimit(all);
      versions.set(token, { id: token, value, createdAt: now() });
      for (const label of all) attach(label, token);
      return version(token);
    },

    get({ VersionId, VersionStage }) {
      return version(VersionId ?? stages.get(String(VersionStage ?? 'AWSCURRENT')));
    },

    moveStage({ VersionStage, MoveToVersionId, RemoveFromVersionId }) {
      const label = String(VersionStage);
      for (const id of [MoveToVersionId, RemoveFromVersionId]) if (id !== undefined) version(id);
      const at = stages.get(label);
      if (MoveToVersionId === undefined) {
        if (at === undefined || at !== RemoveFromVersionId || label === 'AWSCURRENT') throw mismatch(label);
        stages.delete(label);
        return;
      }
      const isFree = at === undefined || at === MoveToVersionId;
      if (
        isFree ? RemoveFromVersionId !== undefined && RemoveFromVersionId !== at : RemoveFromVersionId !== at
      )
        throw mismatch(label);
      checkLimit([label]);
      attach(label, String(MoveToVersionId));
    },

    idsToStages() {
      const all = [...versions.keys()].map((id) => [id, stagesOf(id)] as const);
      return Object.fromEntries(all.filter(([, labels]) => labels.length > 0));
    },
  };
}

function mismatch(label: string): ServiceError {
  return new ServiceError(
    'InvalidParameterException',
    `The parameter RemoveFromVersionId must name the version that the staging label ${label} is attached to.`,
  );
}

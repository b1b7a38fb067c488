/** The claim of an invocation to be the only one that does some work. */
export interface Claim {
  /** Identifies the work. */
  readonly id: string;
  /** Identifies the parameters, so that the use of an idempotency key with other parameters is noticed. */
  readonly fingerprint: string;
  /**
   * Identifies the claimant: the hook key of the webhook that is being created, or a random token for a
   * lease.
   */
  readonly holder: string;
  /** Until then, the claimant may still be working. After that, it has died. */
  readonly leaseEndsAt: Date;
  /** When the claim expires. */
  readonly expiresAt: Date;
}

/** Stores claims. Storage failures throw StorageUnavailable. */
export interface Claims {
  /**
   * Stores a claim in one conditional write. If a claim that has not expired is stored already, and is not
   * `replaces`, changes nothing and returns that claim.
   */
  claim(wanted: Claim, now: Date, replaces?: Claim): Promise<Claim | undefined>;
  /** Removes a claim if it is still the stored claim. */
  release(claim: Claim): Promise<void>;
}

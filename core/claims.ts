/** Who works, or worked, on something that only one invocation may work on. */
export interface Claim {
  /** Identifies what is worked on. */
  readonly id: string;
  /** Identifies the parameters, so that an idempotency key used for something else is noticed. */
  readonly fingerprint: string;
  /** Who works on it: the hook key of the webhook under way, or a random token for a lease. */
  readonly holder: string;
  /** Until then the claimant may still be at work; it is dead afterwards. */
  readonly leaseEndsAt: Date;
  /** When the claim is forgotten. */
  readonly expiresAt: Date;
}

/** Remembers claims. Storage failures throw StorageUnavailable. */
export interface Claims {
  /**
   * Claims in one conditional write. Where a claim stands that has not expired and is not `replaces`, nothing
   * changes and that claim is the answer.
   */
  claim(wanted: Claim, now: Date, replaces?: Claim): Promise<Claim | undefined>;
  /** Gives up a claim, where it is still this one. */
  release(claim: Claim): Promise<void>;
}

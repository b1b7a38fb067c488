/** A command that cannot be taken as it was typed. Ends with 2. */
export class Misuse extends Error {}

/** A command that was tried and did not come out. Ends with 1. */
export class Failed extends Error {}

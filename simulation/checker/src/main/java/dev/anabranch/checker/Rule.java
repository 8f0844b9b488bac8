package dev.anabranch.checker;

/** What a region promises, and the checker looks at. */
public enum Rule {
  /** Every call whose command Kafka has acknowledged is answered in time. */
  ANSWERED,
  /** A command has one row at most, and who is told an outcome with a row finds it there. */
  ONE_OUTCOME,
  /** What was told of a command is told of it for ever. */
  TOLD_STAYS,
  /**
   * A command that was answered without a row never gets one, if it was sent once, or by one call
   * and to one attempt.
   */
  ERROR_IS_FINAL,
  /**
   * Commands of one aggregate have their rows in the order of the topic, if they were sent once and
   * none of them may be answered without a row.
   */
  IN_ORDER,
  /** The versions of an aggregate are 1, 2, 3 ... in the order of the log. */
  SERIAL,
  /**
   * Each decision was made on the fold of exactly what is in the log before it; that of an answer
   * without a row, on the fold of what was in the log once.
   */
  DECIDED_ON_THE_FOLD,
  /** The offsets of a shard are 0, 1, 2 ... */
  NO_GAP,
  /** The rows of a shard are published in their order. */
  PUBLISHED_IN_ORDER,
  /** A row that is published again is the same, byte for byte. */
  REPEATED_IDENTICALLY,
  /** Every row is published. */
  PUBLISHED,
  /** What was told or published is in the store, unless the region refuses to go on. */
  DURABLE,
  /** The region refuses to go on only after its store has lost something. */
  REFUSES_FOR_A_REASON,
  /** A region that has refused to go on refuses at each start, until a person accepts the loss. */
  STAYS_REFUSED
}

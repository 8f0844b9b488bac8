package dev.anabranch.operators.command;

/** Codes of the replies that the runtime itself gives. Published: never rename one. */
public final class ErrorCodes {

  /** Rejection: the aggregate is not at the version that the command expects. */
  public static final String VERSION_CONFLICT = "VersionConflict";

  /** Error: the aggregate's type is not registered with the job. */
  public static final String UNKNOWN_TYPE = "unknown-type";

  /** Error: the payload can't be decoded, or its type or schema version is unknown. */
  public static final String UNDECODABLE = "undecodable";

  /** Error: application code threw. */
  public static final String POISON = "poison";

  /** Error: the outcome would not fit into a record of the events topic. */
  public static final String TOO_LARGE = "too-large";

  /** Error: a stored commit of the aggregate can't be folded; see the message. */
  public static final String BROKEN = "broken";

  /** Error: the command has an outcome, but its stored row can't be read. */
  public static final String DAMAGED = "damaged";

  private ErrorCodes() {}
}

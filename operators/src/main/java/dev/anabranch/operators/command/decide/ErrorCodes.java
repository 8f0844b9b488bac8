package dev.anabranch.operators.command.decide;

import dev.anabranch.model.message.ReplyBody;

/** Codes of the replies that the runtime itself gives. Published: never rename one. */
public final class ErrorCodes {

  /** Rejection: the aggregate is not at the version that the command expects. */
  public static final String VERSION_CONFLICT = ReplyBody.VERSION_CONFLICT;

  /** Rejection: several versions of the aggregate are live, and somebody must choose first. */
  public static final String OPEN_CONFLICT = "open-conflict";

  /** Rejection: the version that the command builds on is not live; detail {@code live}. */
  public static final String STALE_VERSION = "stale-version";

  /** Error: the command names a version to build on, and its type has one state only. */
  public static final String NO_VERSIONS = "no-versions";

  /** Rejection: the resolution does not fit what is live. */
  public static final String STALE_RESOLUTION = "stale-resolution";

  /** Error: commands for the aggregate are accepted in another region; see detail {@code home}. */
  public static final String NOT_HOME = "not-home";

  /** Error: the type is changed in several regions, where plain versions can't be compared. */
  public static final String PLAIN_VERSION = "plain-version";

  /** Dead letter: a record of the inbound topic is no commit of another region. */
  public static final String MALFORMED_COMMIT = "malformed-commit";

  /** Dead letter: a commit of a region that the configuration does not name, and no room for it. */
  public static final String UNNAMED_REGION = "unnamed-region";

  /** Dead letter: a commit of another region waits for others, and too many wait already. */
  public static final String NO_ROOM_TO_HOLD = "no-room-to-hold";

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

  /** Error: the record was answered without an outcome once, and is not executed any more. */
  public static final String ANSWERED_BEFORE = "answered-before";

  private ErrorCodes() {}
}

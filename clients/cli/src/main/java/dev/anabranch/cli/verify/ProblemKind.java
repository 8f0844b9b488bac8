package dev.anabranch.cli.verify;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a verification can find. The codes are part of the JSON report: never rename one. */
public enum ProblemKind {
  /** A row that this release can't read. */
  UNREADABLE_ROW("unreadable-row"),
  /** An offset without a row below one that has a row. */
  OFFSET_GAP("offset-gap"),
  /** A row in a shard that its key does not belong to. */
  WRONG_SHARD("wrong-shard"),
  /** A shard whose home, as configured, it has left. */
  SHARD_MOVED("shard-moved"),
  /** A row whose columns contradict its kind or each other. */
  ROW_RULE("row-rule"),
  /** A version of an aggregate that is missing. */
  VERSION_GAP("version-gap"),
  /** A version of an aggregate that is there twice. */
  VERSION_FORK("version-fork"),
  /** A dot that does not follow the one before it. */
  DOT_SEQUENCE("dot-sequence"),
  /** A commit in front of one that its decider had seen. */
  EFFECT_BEFORE_CAUSE("effect-before-cause"),
  /** A second outcome of one command. */
  DUPLICATE_COMMAND("duplicate-command"),
  /** A record of the topic that is no row of this region. */
  TOPIC_RECORD("topic-record"),
  /** Rows that the topic lacks though it has later ones. */
  TOPIC_GAP("topic-gap"),
  /** Rows at the end of a shard that the topic lacks. */
  TOPIC_LAG("topic-lag"),
  /** A published row that is stored otherwise, or not at all. */
  TOPIC_DIFFERS("topic-differs");

  private final String code;

  ProblemKind(String code) {
    this.code = code;
  }

  @JsonValue
  public String code() {
    return code;
  }
}

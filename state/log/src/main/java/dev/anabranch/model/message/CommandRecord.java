package dev.anabranch.model.message;

/**
 * One record of the commands topic on its way to the operator of its shard: still as it came, so
 * that a dead letter can show it unchanged.
 *
 * @param routingKey {@code type/id} of the aggregate; for a record from which no valid key can be
 *     read, a text that no aggregate has ({@link #unroutable})
 * @param message the record as it came
 * @param source where it came from
 */
public record CommandRecord(String routingKey, MessageRecord message, SourcePosition source) {

  private static final String UNROUTABLE = "!unroutable/";

  /** A key for records without one, spread over the shards; '!' is in no type name. */
  public static String unroutable(SourcePosition source) {
    return UNROUTABLE + source.offset() % 64;
  }

  public boolean isRoutable() {
    return !routingKey.startsWith(UNROUTABLE);
  }
}

package dev.anabranch.checker;

import java.nio.charset.StandardCharsets;

/**
 * A fold of texts whose value tells which texts were folded, and in which order. A domain that
 * keeps it as its state can say in each event what its decider saw.
 */
public final class Fold {

  /** The value before the first text. */
  public static final String NOTHING = "0000000000000000";

  private static final long PRIME = 0x100000001b3L;
  private static final long OFFSET = 0xcbf29ce484222325L;

  private Fold() {}

  /** Returns the value after one more text. */
  public static String next(String before, String text) {
    var hash = add(add(OFFSET, before), text);
    return String.format(java.util.Locale.ROOT, "%016x", hash ^ (hash >>> 29));
  }

  /** Returns a value for bytes that differs for other bytes. */
  public static String print(byte[] bytes) {
    var hash = OFFSET;
    for (var each : bytes) {
      hash = (hash ^ (each & 0xff)) * PRIME;
    }
    return Long.toHexString(hash);
  }

  private static long add(long hash, String text) {
    var sum = hash;
    for (var each : text.getBytes(StandardCharsets.UTF_8)) {
      sum = (sum ^ (each & 0xff)) * PRIME;
    }
    return (sum ^ 0x1f) * PRIME;
  }
}

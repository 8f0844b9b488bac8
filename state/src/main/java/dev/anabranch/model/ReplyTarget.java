package dev.anabranch.model;

import org.jspecify.annotations.Nullable;

/**
 * Where the reply to a command goes.
 *
 * @param topic null: the region's default reply topic
 * @param partition {@link #ANY_PARTITION}: by the reply's key
 * @param correlationId returned unchanged; null: none was sent
 */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record ReplyTarget(@Nullable String topic, int partition, byte @Nullable [] correlationId) {

  public static final int ANY_PARTITION = -1;
  public static final ReplyTarget DEFAULT = new ReplyTarget(null, ANY_PARTITION, null);
}

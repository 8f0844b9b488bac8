package dev.anabranch.model.message;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the reply to a command goes. Equal if all bytes are.
 *
 * @param topic null: the region's default reply topic
 * @param partition {@link #ANY_PARTITION}: by the reply's key
 * @param correlationId returned unchanged; null: none was sent
 */
public record ReplyTarget(@Nullable String topic, int partition, byte @Nullable [] correlationId) {

  public static final int ANY_PARTITION = -1;
  public static final ReplyTarget DEFAULT = new ReplyTarget(null, ANY_PARTITION, null);

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReplyTarget that
        && partition == that.partition
        && Objects.equals(topic, that.topic)
        && Arrays.equals(correlationId, that.correlationId);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(topic, partition) + Arrays.hashCode(correlationId);
  }
}

package dev.anabranch.client;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Correlation ids of one client: which client, and which of its commands.
 *
 * @param client random, so that clients may share a reply topic
 */
record Correlation(long client) {

  private static final int BYTES = 2 * Long.BYTES;

  byte[] encode(long number) {
    return ByteBuffer.allocate(BYTES).putLong(client).putLong(number).array();
  }

  /** The number of this client's command; null: the id is another client's. */
  @Nullable Long decode(byte @Nullable [] id) {
    if (id == null || id.length != BYTES) {
      return null;
    }
    var buffer = ByteBuffer.wrap(id);
    return buffer.getLong() == client ? buffer.getLong() : null;
  }
}

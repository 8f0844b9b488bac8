package dev.anabranch.client;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;

/**
 * New ids for commands: UUIDs of version 7 (RFC 9562), 48 bits of milliseconds and 74 random ones.
 * As they grow with time, the event store's index of command ids grows at its end; random ids would
 * have it change all over.
 *
 * <p>Any other id of at most 64 bytes does as well, such as a business key: it makes a command's
 * repetition harmless even where the sender has lost its memory.
 *
 * <p><b>Threads.</b> Any.
 */
public final class CommandIds {

  private static final TimeBasedEpochRandomGenerator IDS =
      Generators.timeBasedEpochRandomGenerator();

  private CommandIds() {}

  public static String next() {
    return IDS.generate().toString();
  }
}

package dev.anabranch.checker;

import java.util.List;

/**
 * Something that was observed. A record of a run is a list of them, in the order in which they
 * happened; times are microseconds since the run began.
 *
 * <p>A <em>call</em> is one use of a client: it sends its command once, or again with the same call
 * while it waits. Calls of one command id are repeats of each other.
 */
public sealed interface Fact {

  /**
   * Kafka has acknowledged a command of this call.
   *
   * @param isStored whether its outcome has a row, whatever it is; no: it may be an error, or a
   *     rejection of a type that stores none
   */
  record Acknowledged(
      long at, String call, String aggregate, String command, String place, boolean isStored)
      implements Fact {}

  /**
   * A reply was in the reply topic.
   *
   * @param status {@code accepted}, {@code unchanged}, {@code rejected} or {@code error}
   * @param outcome code, message, details, version and result in one text
   * @param row shard and offset of the row behind it, as {@code 3@17}; empty: none
   * @param saw the {@link Fold} that it was decided on; empty: it does not say
   */
  record Told(
      long at,
      String call,
      String aggregate,
      String command,
      String status,
      String outcome,
      String row,
      String saw)
      implements Fact {}

  /**
   * A record was in the events topic; in the order of the topic within a partition.
   *
   * @param print of all bytes of the record
   */
  record Published(long at, int partition, int shard, long offset, String command, String print)
      implements Fact {
    String place() {
      return shard + "@" + offset;
    }
  }

  /**
   * A row that the store has at the end.
   *
   * @param kind {@code accepted}, {@code unchanged} or {@code rejected}
   * @param version of the commit; of another row the version that it was decided on
   * @param saw the {@link Fold} that it was decided on; empty: it does not say
   * @param events the texts that are folded
   * @param by the {@link Started} attempt that appended it
   * @param print of all bytes of the record that it is published as
   */
  record Stored(
      int shard,
      long offset,
      String aggregate,
      String command,
      String kind,
      long version,
      String saw,
      List<String> events,
      String print,
      String by)
      implements Fact {
    public Stored {
      events = List.copyOf(events);
    }

    String place() {
      return shard + "@" + offset;
    }
  }

  /** Something that happened to the system: a fault, a restart. No rule looks at it. */
  record Note(long at, String text) implements Fact {}

  /**
   * An attempt to run the region begins; it compares its store with what is published by now.
   *
   * @param isFresh whether it has no checkpoint
   */
  record Started(long at, String attempt, boolean isFresh) implements Fact {}

  /** The store has lost what it had acknowledged, as by a failover to a replica that lagged. */
  record StoreLost(long at, String what) implements Fact {}

  /** The region refuses to go on until a person says so, since its store has lost rows. */
  record Refused(long at, String why) implements Fact {}

  /** From here on nothing is wrong any more with what is around the region. */
  record FaultsEnded(long at) implements Fact {}

  /** The record ends; what is not answered until now was not answered in time. */
  record Ended(long at) implements Fact {}
}

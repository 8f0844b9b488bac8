package dev.anabranch.simulation.kafka;

import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.wire.CommandWire;
import java.util.ArrayList;
import java.util.List;

/** The commands topic, and what the job's consumer group has committed of it. */
public final class CommandsTopic {

  private static final String NAME = "commands.a";
  private static final String ID = "commands-topic-1";

  private final List<List<CommandRecord>> partitions = new ArrayList<>();
  private final long[] committed;

  public CommandsTopic(int partitions) {
    for (var partition = 0; partition < partitions; partition++) {
      this.partitions.add(new ArrayList<>());
    }
    this.committed = new long[partitions];
  }

  public int partitions() {
    return partitions.size();
  }

  /** Appends a record where its key belongs, as a producer does. */
  public CommandRecord append(MessageRecord message, String key, long nowMillis) {
    var partition = Math.floorMod(key.hashCode() * 31, partitions.size());
    var records = partitions.get(partition);
    var source = new SourcePosition(NAME, partition, records.size(), nowMillis, ID, 0);
    var routing = CommandWire.routingKey(message).orElseGet(() -> CommandRecord.unroutable(source));
    var record = new CommandRecord(routing, message, source);
    records.add(record);
    return record;
  }

  /** The record at an offset of a partition. */
  public CommandRecord record(int partition, long offset) {
    return partitions.get(partition).get((int) offset);
  }

  public long end(int partition) {
    return partitions.get(partition).size();
  }

  /** A checkpoint is complete whose source had read so far. */
  public void commit(long[] next) {
    System.arraycopy(next, 0, committed, 0, next.length);
  }

  /** Where the group would begin. */
  public long[] committed() {
    return committed.clone();
  }
}

package dev.anabranch.operators.command.lane;

import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.operators.task.StoreContradictionException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to where every command record of one shard is answered or has a row, per partition of the
 * commands topic. The records of a partition reach their shard in the order of their offsets, so
 * one number says it.
 *
 * <p>The store keeps the marks. They are raised before an answer without a row is given, and so
 * tell a later start which records must not be executed: those below the mark that have no row.
 *
 * <p>A topic that was deleted and made anew has another id, and begins without marks. Where a
 * partition has lost its end, as after an unclean election, other records have the offsets of those
 * that were answered, and a greater leader epoch than any of them: a mark has the greatest epoch of
 * the records below it, and says nothing of records with a greater one.
 *
 * <p><b>Bounds.</b> Some 12 bytes per partition.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public final class AnsweredMarks {

  private static final Logger LOG = LoggerFactory.getLogger(AnsweredMarks.class);

  private static final int FORMAT = 1;

  private final List<Topic> topics = new ArrayList<>(1);

  /** The topic that was looked at last; nearly always it is the only one. */
  private @Nullable Topic last;

  /** Takes what the store has. */
  public void restore(byte[] stored) {
    if (stored.length == 0) {
      return;
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(stored))) {
      var format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new StoreContradictionException(
            "the marks of answered commands have the format "
                + format
                + ", this release reads "
                + FORMAT
                + "; start a release that is not older than the one that wrote them");
      }
      for (var count = in.readInt(); count > 0; count--) {
        var name = in.readUTF();
        var id = in.readUTF();
        var topic = topic(name, id);
        for (var partitions = in.readInt(); partitions > 0; partitions--) {
          var partition = in.readInt();
          var offset = in.readLong();
          topic.restore(partition, offset);
        }
      }
      // Behind what releases before it read, and leave alone.
      while (in.available() > 0) {
        var topic = topic(in.readUTF(), in.readUTF());
        for (var partitions = in.readInt(); partitions > 0; partitions--) {
          var partition = in.readInt();
          topic.restoreEpoch(partition, in.readInt());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("marks of answered commands that end too early", e);
    }
  }

  /** A record has come; its followers in its partition come later. */
  public void saw(SourcePosition source) {
    topic(source).saw(source.partition(), source.offset(), source.leaderEpoch() + 1);
  }

  /** Whether an earlier attempt has answered the record, or made its row. */
  public boolean answeredBefore(SourcePosition source) {
    var topic = topic(source);
    return source.offset() < at(topic.before, source.partition(), 0)
        && !Topic.isNewer(source, topic.beforeEpoch);
  }

  /** Whether the store says that the record is answered. */
  public boolean isDurable(SourcePosition source) {
    var topic = topic(source);
    return source.offset() < at(topic.durable, source.partition(), 0)
        && !Topic.isNewer(source, topic.durableEpoch);
  }

  /** Begins to look for the lowest records that are not answered. */
  public void beginScan() {
    topics.forEach(topic -> Arrays.fill(topic.lowest, Long.MAX_VALUE));
  }

  /** A record that is not answered. */
  public void unanswered(SourcePosition source) {
    var topic = topic(source);
    topic.lowest[source.partition()] = Math.min(topic.lowest[source.partition()], source.offset());
  }

  /** Whether every record before this one is answered, or will be at the same time. */
  public boolean mayMark(SourcePosition source) {
    return source.offset() < topic(source).lowest[source.partition()];
  }

  /** The marks as the scan found them, for the store. */
  public byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      topics.removeIf(this::isGone);
      out.writeInt(topics.size());
      for (var topic : topics) {
        out.writeUTF(topic.name);
        out.writeUTF(topic.id);
        topic.write(out);
      }
      for (var topic : topics) {
        if (Arrays.stream(topic.writtenEpoch).anyMatch(epoch -> epoch > 0)) {
          out.writeUTF(topic.name);
          out.writeUTF(topic.id);
          topic.writeEpochs(out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The store has the marks that {@link #toBytes} gave last. */
  public void recorded() {
    topics.forEach(Topic::recorded);
  }

  private Topic topic(SourcePosition source) {
    var known = last;
    return known != null && known.isOne(source.topic(), source.topicId())
        ? known
        : topic(source.topic(), source.topicId());
  }

  private Topic topic(String name, String id) {
    for (var topic : topics) {
      if (topic.isOne(name, id)) {
        topic.id = id.isEmpty() ? topic.id : id;
        last = topic;
        return topic;
      }
    }
    var added = new Topic(name, id);
    topics.add(added);
    last = added;
    return added;
  }

  /** Whether another topic has taken the name, and nothing of this one comes any more. */
  private boolean isGone(Topic topic) {
    return topic.seen.length == 0
        && topics.stream()
            .anyMatch(other -> other.seen.length > 0 && other.name.equals(topic.name));
  }

  private static long at(long[] offsets, int partition, long ifNone) {
    return partition < offsets.length ? offsets[partition] : ifNone;
  }

  private static int at(int[] epochs, int partition) {
    return partition < epochs.length ? epochs[partition] : 0;
  }

  /** Offsets by partition; epochs by partition, one more than Kafka's: 0 is not known. */
  private static final class Topic {
    private final String name;

    /** The topic's id; empty if it is not known. A topic that was made anew has another one. */
    private String id;

    /** What the store had when this attempt began. */
    private long[] before = {};

    /** One more than the highest record that came. */
    private long[] seen = {};

    private long[] lowest = {};
    private long[] written = {};
    private long[] durable = {};

    private int[] beforeEpoch = {};
    private int[] seenEpoch = {};
    private int[] writtenEpoch = {};
    private int[] durableEpoch = {};

    /** Whether records came whose offsets others had that are below the durable mark. */
    private boolean[] reused = {};

    private boolean[] writtenReused = {};

    Topic(String name, String id) {
      this.name = name;
      this.id = id;
    }

    boolean isOne(String otherName, String otherId) {
      return name.equals(otherName) && (id.isEmpty() || otherId.isEmpty() || id.equals(otherId));
    }

    void restore(int partition, long offset) {
      if (partition >= before.length) {
        before = Arrays.copyOf(before, partition + 1);
      }
      before[partition] = Math.max(before[partition], offset);
      durable = before;
    }

    void restoreEpoch(int partition, int epoch) {
      if (partition >= beforeEpoch.length) {
        beforeEpoch = Arrays.copyOf(beforeEpoch, partition + 1);
      }
      beforeEpoch[partition] = epoch;
      durableEpoch = beforeEpoch;
    }

    /** Whether the record came after the partition had lost those that the epochs are of. */
    static boolean isNewer(SourcePosition source, int[] epochs) {
      var known = at(epochs, source.partition());
      return known > 0 && source.leaderEpoch() + 1 > known;
    }

    void recorded() {
      durable = written;
      durableEpoch = writtenEpoch;
      for (var partition = 0; partition < writtenReused.length; partition++) {
        reused[partition] &= !writtenReused[partition];
      }
    }

    void saw(int partition, long offset, int epoch) {
      if (partition >= seen.length) {
        var length = Math.max(partition + 1, 2 * seen.length);
        seen = Arrays.copyOf(seen, length);
        lowest = Arrays.copyOf(lowest, length);
        seenEpoch = Arrays.copyOf(seenEpoch, length);
        reused = Arrays.copyOf(reused, length);
      }
      var marked = at(durableEpoch, partition);
      if (marked > 0
          && epoch > marked
          && !reused[partition]
          && offset < at(durable, partition, 0)) {
        LOG.warn(
            "Partition {} of topic {} has another record at offset {} than the one that was answered: it has lost"
                + " records, those from there on are new",
            partition,
            name,
            offset);
        reused[partition] = true;
        seen[partition] = 0;
      }
      seenEpoch[partition] = Math.max(seenEpoch[partition], epoch);
      seen[partition] = Math.max(seen[partition], offset + 1);
    }

    void write(DataOutputStream out) throws IOException {
      var length = Math.max(seen.length, durable.length);
      var marks = new long[length];
      var epochs = new int[length];
      var count = 0;
      for (var partition = 0; partition < length; partition++) {
        var isReused = partition < reused.length && reused[partition];
        epochs[partition] = Math.max(at(durableEpoch, partition), at(seenEpoch, partition));
        marks[partition] =
            Math.max(
                isReused ? 0 : at(durable, partition, 0),
                Math.min(at(seen, partition, 0), at(lowest, partition, Long.MAX_VALUE)));
        count += marks[partition] > 0 ? 1 : 0;
      }
      out.writeInt(count);
      for (var partition = 0; partition < length; partition++) {
        if (marks[partition] > 0) {
          out.writeInt(partition);
          out.writeLong(marks[partition]);
        }
      }
      written = marks;
      writtenEpoch = epochs;
      writtenReused = reused.clone();
    }

    void writeEpochs(DataOutputStream out) throws IOException {
      var partitions = IntStream.range(0, written.length).filter(p -> written[p] > 0).toArray();
      out.writeInt(partitions.length);
      for (var partition : partitions) {
        out.writeInt(partition);
        out.writeInt(writtenEpoch[partition]);
      }
    }
  }
}

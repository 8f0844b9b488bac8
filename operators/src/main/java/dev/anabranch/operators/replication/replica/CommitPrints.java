package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.history.Commit;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.wire.EventWire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fingerprints of the last commits of each origin, so that each one that comes again can be
 * compared: a difference means that a region has given one dot twice, since its store was restored
 * from a backup or lost rows, or that two stores write under one name. What came first stays.
 */
public final class CommitPrints {

  private static final Logger LOG = LoggerFactory.getLogger(CommitPrints.class);

  static final String OWN_DIFFERS = "own-commit-differs";
  static final String DIFFERS = "commit-differs";

  /** Kept of each aggregate and origin. */
  public static final int PRINTS = 64;

  private final String region;
  private final ReplicaState state;
  private final ReplicationOutputs outputs;
  private final ReplicationCounts counts;

  public CommitPrints(
      String region, ReplicaState state, ReplicationOutputs outputs, ReplicationCounts counts) {
    this.region = region;
    this.state = state;
    this.outputs = outputs;
    this.counts = counts;
  }

  /** Takes note of a commit of the current key; what a filter has withheld has no content. */
  public void remember(Commit commit) {
    if (!commit.isTombstone()) {
      var dot = commit.dot();
      state.live().prints().put(slot(dot), print(commit));
    }
  }

  /** Compares a commit that came again, if it is among the last; whether it says the same then. */
  public boolean compare(Arrived in) {
    var dot = in.dot();
    var known = state.live().prints().get(slot(dot));
    if (known == null
        || !known.startsWith(dot.n() + ":")
        || in.commit().isTombstone()
        || known.equals(print(in.commit()))) {
      return true;
    }
    var isOwn = dot.origin().value().equals(region);
    if (isOwn) {
      counts.ownCommitDiffers();
    } else {
      counts.commitDiffers();
    }
    var message =
        "commit "
            + dot
            + " of "
            + in.row().outcome().aggregate()
            + (isOwn ? " originates here and came from region " : " came once more, from region ")
            + in.region()
            + " with other content: two stores have written under region "
            + dot.origin()
            + "'s name, or its store was restored from a backup or lost rows. What came first"
            + " stays; the regions differ until one of them is made anew";
    LOG.error(message);
    outputs.deadLetter(letter(in, isOwn ? OWN_DIFFERS : DIFFERS, message));
    return false;
  }

  private static DeadLetter letter(Arrived in, String code, String message) {
    var key = in.row().outcome().aggregate().toString();
    var place = new SourcePosition("log of " + in.region(), in.row().shard(), in.row().offset(), 0);
    return new DeadLetter(
        new CommandRecord(key, EventWire.encode(in.row(), in.region()), place), code, message);
  }

  /** Those of the own region were the first to be kept. */
  private String slot(Dot dot) {
    var n = Long.toString(dot.n() % PRINTS);
    return dot.origin().value().equals(region) ? n : dot.origin().value() + ':' + n;
  }

  private static String print(Commit commit) {
    return commit.dot().n() + ":" + fingerprint(commit.outcome());
  }

  /** Hashes what must be the same wherever the commit is: all but its place in a log. */
  static long fingerprint(Outcome commit) {
    var crc = new CRC32C();
    var numbers = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
    crc.update(commit.kind().code());
    crc.update(numbers.putLong(commit.stamp().hlc()).flip());
    var commandId = commit.commandId();
    if (commandId != null) {
      crc.update(commandId.getBytes(StandardCharsets.UTF_8));
    }
    update(crc, numbers, commit.blobs().causality());
    update(crc, numbers, commit.blobs().metadata());
    update(crc, numbers, commit.blobs().events());
    return crc.getValue();
  }

  private static void update(CRC32C crc, ByteBuffer number, byte[] blob) {
    crc.update(number.clear().putInt(blob.length).flip());
    crc.update(blob);
  }
}

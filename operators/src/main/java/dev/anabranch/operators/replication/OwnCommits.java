package dev.anabranch.operators.replication;

import dev.anabranch.model.CommandRecord;
import dev.anabranch.model.DeadLetter;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.SourcePosition;
import dev.anabranch.wire.EventWire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fingerprints of the last commits of the own region, so that copies that come back from others can
 * be compared: a difference means that two stores have written under one name.
 */
final class OwnCommits {

  private static final Logger LOG = LoggerFactory.getLogger(OwnCommits.class);

  static final String DIFFERS = "own-commit-differs";

  /** Kept of each aggregate. */
  private static final int PRINTS = 64;

  private final String region;
  private final ReplicaState state;
  private final ReplicationOutputs outputs;
  private final ReplicationCounts counts;

  OwnCommits(
      String region, ReplicaState state, ReplicationOutputs outputs, ReplicationCounts counts) {
    this.region = region;
    this.state = state;
    this.outputs = outputs;
    this.counts = counts;
  }

  /** Takes note of a row of the own log, of the current key. */
  void remember(LogRow row) {
    var dot = Rows.dot(row);
    if (dot.origin().value().equals(region)) {
      ReplicaState.run(() -> state.prints.put(slot(dot.n()), print(row, dot.n())));
    }
  }

  /** Compares a commit that originates here and came from outside, if it is among the last. */
  void compare(PublishedRow in) {
    var dot = Rows.dot(in.row());
    var known = ReplicaState.access(() -> state.prints.get(slot(dot.n())));
    if (known == null
        || !known.startsWith(dot.n() + ":")
        || known.equals(print(in.row(), dot.n()))
        || in.row().outcome().kind() == RowKind.TOMBSTONE) {
      return;
    }
    counts.ownCommitDiffers();
    var message =
        "commit "
            + dot
            + " of "
            + in.row().outcome().aggregate()
            + " originates here and came back from region "
            + in.region()
            + " with other content: two stores have written under this region's name, or one was"
            + " restored from a backup";
    LOG.error(message);
    outputs.deadLetter(letter(in, message));
  }

  private static DeadLetter letter(PublishedRow in, String message) {
    var key = in.row().outcome().aggregate().toString();
    var place = new SourcePosition("log of " + in.region(), in.row().shard(), in.row().offset(), 0);
    return new DeadLetter(
        new CommandRecord(key, EventWire.encode(in.row(), in.region()), place), DIFFERS, message);
  }

  private static String slot(long n) {
    return Long.toString(n % PRINTS);
  }

  private static String print(LogRow row, long n) {
    return n + ":" + Rows.fingerprint(row);
  }
}

package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.wire.EventWire;
import java.util.List;
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
  public void remember(LogRow row) {
    if (row.outcome().kind() != RowKind.TOMBSTONE) {
      var dot = Rows.dot(row);
      ReplicaState.run(() -> state.prints.put(slot(dot), print(row, dot.n())));
    }
  }

  /** Takes note of what the store has of an aggregate. */
  public void rememberLast(List<LogRow> commits) {
    commits.forEach(this::remember);
  }

  /** Compares a commit that came again, if it is among the last; whether it says the same then. */
  public boolean compare(PublishedRow in) {
    var dot = Rows.dot(in.row());
    var known = ReplicaState.access(() -> state.prints.get(slot(dot)));
    if (known == null
        || !known.startsWith(dot.n() + ":")
        || known.equals(print(in.row(), dot.n()))
        || in.row().outcome().kind() == RowKind.TOMBSTONE) {
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

  private static DeadLetter letter(PublishedRow in, String code, String message) {
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

  private static String print(LogRow row, long n) {
    return n + ":" + Rows.fingerprint(row);
  }
}

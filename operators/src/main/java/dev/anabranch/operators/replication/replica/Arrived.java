package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.history.Commit;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.stored.PublishedRow;

/**
 * A commit that came in some region's log, read once where it came in. What is kept or sent of it
 * is the row.
 */
public record Arrived(PublishedRow published, Commit commit) {

  /**
   * Reads the commit. One that the store of the own region has may be {@link Commit#stored
   * unreadable}; of the topics' the intake has refused these.
   *
   * @throws dev.anabranch.wire.blob.WireFormatException if the row is no commit
   */
  public static Arrived of(PublishedRow published) {
    return new Arrived(published, Commit.stored(published.row().outcome()));
  }

  /** The region in whose log it came. */
  public String region() {
    return published.region();
  }

  public LogRow row() {
    return published.row();
  }

  public Dot dot() {
    return commit.dot();
  }
}

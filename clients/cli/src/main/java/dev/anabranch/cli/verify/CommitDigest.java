package dev.anabranch.cli.verify;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The commits of one aggregate as a sum of their hashes: the same for the same set, in whatever
 * order the log has them. What is applied twice is never the same: two regions may both have done
 * so.
 */
public final class CommitDigest {

  public long commits;
  long tombstones;
  private long high;
  private long low;

  /** Per origin, the last commit that was added. */
  private VectorTime last = VectorTime.ZERO;

  /** Whether a commit came after itself, or after later ones of its origin. */
  private boolean repeats;

  /** Takes a row with a dot. */
  public void add(LogRow row) {
    var dot = row.outcome().dot();
    if (dot != null && last.covers(dot)) {
      repeats = true;
    } else if (dot != null) {
      last = last.with(dot.origin(), dot.n());
    }
    if (row.outcome().kind() == RowKind.TOMBSTONE) {
      tombstones++;
      return;
    }
    commits++;
    var hash = ByteBuffer.wrap(hash(row));
    high += hash.getLong();
    low += hash.getLong();
  }

  public boolean isSame(CommitDigest other) {
    return !repeats
        && !other.repeats
        && commits == other.commits
        && tombstones == 0
        && other.tombstones == 0
        && high == other.high
        && low == other.low;
  }

  /** Hashes all that must be the same wherever the commit is. */
  public static byte[] hash(LogRow row) {
    var outcome = row.outcome();
    var digest = sha256();
    digest.update((byte) outcome.kind().code());
    update(digest, String.valueOf(outcome.dot()).getBytes(StandardCharsets.UTF_8));
    update(digest, String.valueOf(outcome.commandId()).getBytes(StandardCharsets.UTF_8));
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(outcome.stamp().hlc()).flip());
    update(digest, outcome.blobs().causality());
    update(digest, outcome.blobs().metadata());
    update(digest, outcome.blobs().events());
    return digest.digest();
  }

  private static void update(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

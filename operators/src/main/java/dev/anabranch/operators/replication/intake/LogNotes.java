package dev.anabranch.operators.replication.intake;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Puts the rows of a log that follow each other in a shard together, so that they take one note.
 *
 * <p><b>Bounds.</b> One run of each shard.
 */
final class LogNotes {

  private static final class Run {
    long from;
    long to;
  }

  private final String region;
  private final LogNote.Kind kind;
  private final Consumer<LogNote> out;
  private final Map<Integer, Run> runs = new HashMap<>();

  /**
   * @param kind of the notes on rows that were read
   */
  LogNotes(String region, LogNote.Kind kind, Consumer<LogNote> out) {
    this.region = region;
    this.kind = kind;
    this.out = out;
  }

  void read(int shard, long offset) {
    var run = runs.computeIfAbsent(shard, any -> new Run());
    if (offset < run.from || offset > run.to) {
      flush(shard, run);
    }
    if (run.to == run.from) {
      run.from = offset;
      run.to = offset + 1;
    } else if (offset == run.to) {
      run.to++;
    }
  }

  void unreadable(int shard, long offset) {
    var run = runs.get(shard);
    if (run != null) {
      flush(shard, run);
    }
    out.accept(new LogNote(region, shard, offset, offset + 1, LogNote.Kind.UNREADABLE));
  }

  void forgotten(int shard, long fromOffset) {
    var run = runs.get(shard);
    if (run != null) {
      flush(shard, run);
    }
    out.accept(new LogNote(region, shard, fromOffset, fromOffset + 1, LogNote.Kind.FORGOTTEN));
  }

  /** Tells all that was read so far. */
  void flush() {
    runs.forEach(this::flush);
  }

  private void flush(int shard, Run run) {
    if (run.to > run.from) {
      out.accept(new LogNote(region, shard, run.from, run.to, kind));
    }
    run.from = 0;
    run.to = 0;
  }
}

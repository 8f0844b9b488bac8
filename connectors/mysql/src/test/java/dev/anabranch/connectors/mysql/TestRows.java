package dev.anabranch.connectors.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import java.util.List;
import java.util.stream.LongStream;

/** Rows to append. */
final class TestRows {

  static final long WRITER = 42;

  private TestRows() {}

  /** A commit of an aggregate that has the row's offset in its id, so that none clash. */
  static LogRow row(int shard, long offset) {
    return commit(
        shard, offset, "id-" + shard + "-" + offset, 1, "command-" + shard + "-" + offset);
  }

  static List<LogRow> rows(int shard, long fromOffset, int count) {
    return LongStream.range(fromOffset, fromOffset + count).mapToObj(o -> row(shard, o)).toList();
  }

  static LogRow commit(int shard, long offset, String id, long version, String commandId) {
    return commit(shard, offset, id, version, commandId, WRITER, "events".getBytes(UTF_8));
  }

  static LogRow commit(
      int shard,
      long offset,
      String id,
      long version,
      String commandId,
      long writer,
      byte[] events) {
    return new Outcome(
            RowKind.COMMIT,
            new AggregateKey("Account", id),
            version,
            commandId,
            "",
            new Dot(new RegionId("eu"), version),
            new Stamp(writer, offset << 16, 1_700_000_000_000_000L + offset),
            new Blobs(new byte[] {1, 2}, new byte[] {3}, new byte[] {4, 0, 5}, events))
        .at(shard, offset);
  }

  static LogRow by(long writer, LogRow row) {
    var outcome = row.outcome();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.slot(),
            outcome.dot(),
            new Stamp(writer, outcome.stamp().hlc(), outcome.stamp().occurredAtMicros()),
            outcome.blobs())
        .at(row.shard(), row.offset());
  }
}

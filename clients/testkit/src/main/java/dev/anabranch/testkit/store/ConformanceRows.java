package dev.anabranch.testkit.store;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Rows for the conformance suite: valid, and different from each other in every column. */
final class ConformanceRows {

  static final long WRITER = 0x1234_5678_9abc_def0L;
  static final long OTHER_WRITER = -7;

  private static final RegionId HERE = new RegionId("eu-west");
  private static final long HLC = 1_708_016_625_000L << 16;

  private ConformanceRows() {}

  static AggregateKey account(String id) {
    return new AggregateKey("Account", id);
  }

  static LogRow commit(int shard, long offset, String id, long version, String commandId) {
    return commit(shard, offset, account(id), version, commandId, WRITER);
  }

  static LogRow commit(
      int shard, long offset, AggregateKey key, long version, String commandId, long writer) {
    var dot = new Dot(HERE, version);
    var blobs = blobs(offset, version);
    return new Outcome(
            RowKind.COMMIT, key, version, commandId, "", dot, stamp(writer, offset), blobs)
        .at(shard, offset);
  }

  static LogRow rejected(int shard, long offset, String id, String commandId) {
    var events = blobs(offset, 1);
    var blobs = new Blobs(Blobs.EMPTY, events.metadata(), events.reply(), Blobs.EMPTY);
    return new Outcome(
            RowKind.REJECTED, account(id), 0, commandId, "", null, stamp(WRITER, offset), blobs)
        .at(shard, offset);
  }

  static LogRow withSlot(LogRow row, String slot) {
    var o = row.outcome();
    return new LogRow(
        row.position(),
        new Outcome(
            o.kind(),
            o.aggregate(),
            o.version(),
            o.commandId(),
            slot,
            o.dot(),
            o.stamp(),
            o.blobs()));
  }

  static LogRow withBlobs(LogRow row, Blobs blobs) {
    var o = row.outcome();
    return new LogRow(
        row.position(),
        new Outcome(
            o.kind(),
            o.aggregate(),
            o.version(),
            o.commandId(),
            o.slot(),
            o.dot(),
            o.stamp(),
            blobs));
  }

  static LogRow tombstone(int shard, long offset, String id, long n) {
    return new Outcome(
            RowKind.TOMBSTONE,
            account(id),
            0,
            null,
            "",
            new Dot(new RegionId("us-east-1"), n),
            stamp(WRITER, offset),
            new Blobs(blobs(offset, n).causality(), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
        .at(shard, offset);
  }

  /** One row of each kind, every field filled with something of its own. */
  static List<LogRow> everyKind(int shard) {
    var unchanged = rejected(shard, 2, "kinds", "c2").outcome();
    var resolution = commit(shard, 3, "kinds", 2, "c3").outcome();
    var move = commit(shard, 5, "kinds", 3, "c5").outcome();
    return List.of(
        commit(shard, 0, "kinds", 1, "c0"),
        rejected(shard, 1, "kinds", "c1"),
        ofKind(RowKind.UNCHANGED, unchanged).at(shard, 2),
        ofKind(RowKind.RESOLUTION, resolution).at(shard, 3),
        tombstone(shard, 4, "kinds", 9),
        ofKind(RowKind.HOME_MOVE, move).at(shard, 5),
        withSlot(commit(shard, 6, "kinds", 4, "c0"), "us-east-1"),
        new Outcome(
                RowKind.MOVED,
                account("kinds"),
                0,
                null,
                "",
                null,
                new Stamp(Long.MIN_VALUE, Long.MAX_VALUE, -1),
                new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
            .at(shard, 7));
  }

  private static Outcome ofKind(RowKind kind, Outcome o) {
    return new Outcome(
        kind, o.aggregate(), o.version(), o.commandId(), o.slot(), o.dot(), o.stamp(), o.blobs());
  }

  private static Stamp stamp(long writer, long offset) {
    return new Stamp(writer, HLC + offset, 1_709_209_800_123_456L + offset);
  }

  private static Blobs blobs(long offset, long n) {
    var causality =
        new Causality(
            VectorTime.of(Map.of(HERE, n)),
            List.of(new Dot(HERE, n)),
            VectorTime.of(Map.of(HERE, HLC + offset)),
            "");
    var data = ("{\"offset\":" + offset + "}").getBytes(StandardCharsets.UTF_8);
    return new Blobs(
        CausalityBlob.encode(causality),
        MetadataBlob.encode(Map.of("meta-offset", Long.toString(offset))),
        ReplyBlob.encode(ReplyBody.reason("code", "at " + offset, Map.of())),
        EventsBlob.encode(List.of(new EncodedMessage("Happened", 1, data))));
  }
}

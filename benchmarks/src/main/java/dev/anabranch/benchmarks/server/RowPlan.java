package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.load.Row;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws rows as the operator would make them: the same columns, the same sizes, versions and
 * offsets without gap.
 *
 * <p><b>Threads.</b> One.
 */
public final class RowPlan {

  static final long WRITER = 0x5eed_5eed_5eedL;
  static final long OCCURRED_AT = 1_800_000_000_000_000L;
  static final long HLC = (OCCURRED_AT / 1_000) << 16;

  /** The version in what all rows of a plan share: its length counts, nobody folds it. */
  private static final long TYPICAL_VERSION = 17;

  private static final RegionId REGION = new RegionId(Database.REGION);

  private final SplittableRandom random;
  private final AggregateKey[] keys;
  private final int[] shardOf;
  private final int[] mine;
  private final long[] versions;
  private final long[] offsets;
  private final Blobs blobs;

  /**
   * A plan for the shards whose number leaves {@code part} when divided by {@code parts}, so that
   * several plans never meet.
   */
  public RowPlan(LoadOptions options, int part, int parts, long seed) {
    random = new SplittableRandom(seed);
    keys = new AggregateKey[options.aggregates];
    shardOf = new int[options.aggregates];
    versions = new long[options.aggregates];
    offsets = new long[options.shards];
    var all = new int[options.aggregates];
    var count = 0;
    for (var i = 0; i < options.aggregates; i++) {
      keys[i] = new AggregateKey(BenchmarkDomain.TYPE, CommandPlan.aggregateId(i));
      shardOf[i] = Shards.shardOf(keys[i], options.shards);
      if (shardOf[i] % parts == part) {
        all[count++] = i;
      }
    }
    mine = java.util.Arrays.copyOf(all, count);
    blobs = blobsOf(options, TYPICAL_VERSION);
  }

  public Row next() {
    var aggregate = mine[random.nextInt(mine.length)];
    var shard = shardOf[aggregate];
    return new Row(
        aggregate, ++versions[aggregate], CommandPlan.commandId(random), shard, offsets[shard]++);
  }

  AggregateKey key(int aggregate) {
    return keys[aggregate];
  }

  public Blobs blobs() {
    return blobs;
  }

  /** The row as the connector takes it. */
  public LogRow toLogRow(Row row) {
    var clock = row.offset();
    return new Outcome(
            RowKind.COMMIT,
            keys[row.aggregate()],
            row.version(),
            row.commandId(),
            "",
            new Dot(REGION, row.version()),
            new Stamp(WRITER, HLC + clock, OCCURRED_AT + clock),
            blobs)
        .at(row.shard(), row.offset());
  }

  /** Those of a commit in the middle of an aggregate's life. */
  static Blobs blobsOf(LoadOptions options, long version) {
    var type = BenchmarkDomain.type();
    var event =
        new BenchmarkDomain.Deposited(
            12, 3_456, CommandPlan.note(options.eventBytes - CommandPlan.EVENT_FRAME_BYTES));
    var reply = new ReplyBody("", "", Map.of(), version, "", Blobs.EMPTY);
    var before = version - 1;
    var causality =
        new Causality(
            before == 0 ? VectorTime.ZERO : VectorTime.ZERO.with(REGION, before),
            before == 0 ? List.of() : List.of(new Dot(REGION, before)),
            before == 0 ? VectorTime.ZERO : VectorTime.ZERO.with(REGION, HLC),
            "");
    return new Blobs(
        CausalityBlob.encode(causality),
        Blobs.EMPTY,
        ReplyBlob.encode(reply),
        EventsBlob.encode(List.of(type.eventCodec().encode(event))));
  }
}

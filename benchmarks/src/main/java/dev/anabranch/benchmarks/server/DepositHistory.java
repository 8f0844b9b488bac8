package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.LoadOptions;
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
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Deposits onto random accounts, as a region's command job would store them. */
public final class DepositHistory {

  private static final long HLC = 1_700_000_000_000L << 16;

  private final LoadOptions options;
  private final RegionId region;
  private final boolean replicated;
  private final SplittableRandom random = new SplittableRandom(1);
  private final long[] versions;
  private final long[] offsets;
  private final String note;

  private DepositHistory(LoadOptions options, String region, boolean replicated) {
    this.options = options;
    this.region = new RegionId(region);
    this.replicated = replicated;
    this.versions = new long[options.aggregates];
    this.offsets = new long[options.shards];
    this.note = CommandPlan.note(options.eventBytes - CommandPlan.EVENT_FRAME_BYTES);
  }

  /** The history of {@link Database#REGION}, which has no peers. */
  public static DepositHistory ofOneRegion(LoadOptions options) {
    return new DepositHistory(options, Database.REGION, false);
  }

  /** The history of a region whose peers take it: each commit was decided on the one before. */
  static DepositHistory replicated(LoadOptions options, String region) {
    return new DepositHistory(options, region, true);
  }

  /** The text that all events share. */
  public String note() {
    return note;
  }

  public LogRow next() {
    var account = random.nextInt(options.aggregates);
    var key = new AggregateKey(BenchmarkDomain.TYPE, CommandPlan.aggregateId(account));
    var version = ++versions[account];
    var event =
        BenchmarkDomain.type()
            .eventCodec()
            .encode(new BenchmarkDomain.Deposited(12, 12 * version, note));
    var shard = Shards.shardOf(key, options.shards);
    var offset = offsets[shard]++;
    var hlc = HLC + offset;
    return new Outcome(
            RowKind.COMMIT,
            key,
            version,
            CommandPlan.commandId(random),
            "",
            new Dot(region, version),
            new Stamp(7, hlc, 1_700_000_000_000_000L + offset),
            new Blobs(
                replicated ? causality(version, hlc) : Blobs.EMPTY,
                Blobs.EMPTY,
                Blobs.EMPTY,
                EventsBlob.encode(List.of(event))))
        .at(shard, offset);
  }

  private byte[] causality(long version, long hlc) {
    var before = version - 1;
    return CausalityBlob.encode(
        new Causality(
            before == 0 ? VectorTime.ZERO : VectorTime.of(Map.of(region, before)),
            before == 0 ? List.of() : List.of(new Dot(region, before)),
            VectorTime.of(Map.of(region, hlc)),
            ""));
  }
}

package dev.anabranch.operators.command.lane;

import dev.anabranch.gate.CausalPast;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Shards;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.operators.command.aggregate.Decided;
import dev.anabranch.operators.command.aggregate.DecisionTime;
import dev.anabranch.operators.command.aggregate.Keeper;
import dev.anabranch.operators.command.aggregate.LiveAggregate;
import dev.anabranch.operators.command.aggregate.LiveAggregate.Version;
import dev.anabranch.operators.command.aggregate.PendingOutcome;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.util.List;
import java.util.Map;

/**
 * A row that changes nothing, and takes the place that a late insert of an earlier attempt would
 * take: once it is durable, no command of this shard can get a row that this attempt does not know.
 * Before the first answer without a row each shard gets one, unless it has a row of this attempt.
 *
 * <p>It is of kind {@link RowKind#UNCHANGED} and of a reserved type, so every reader of the log
 * knows it, and passes over it.
 */
public final class FenceRow {

  /** Reserved: no domain has it. Stored in logs: never rename it. */
  static final String TYPE = "anabranch.fence";

  private FenceRow() {}

  public static boolean isOne(Outcome outcome) {
    return outcome.aggregate().type().equals(TYPE);
  }

  public static PendingOutcome of(
      int shard, int shardCount, String region, long writer, DecisionTime time) {
    var key = keyIn(shard, shardCount);
    var stamp = new Stamp(writer, time.hlc(), time.occurredAtMicros());
    var blobs =
        new Blobs(
            CausalityBlob.encode(Causality.NONE),
            MetadataBlob.encode(Map.of()),
            ReplyBlob.encode(ReplyBody.EMPTY),
            Blobs.EMPTY);
    var outcome =
        new Outcome(
            RowKind.UNCHANGED,
            key,
            Outcome.NO_VERSION,
            Long.toHexString(writer),
            "",
            null,
            stamp,
            blobs);
    var nothing = new Version(0, CausalPast.NONE, List.of(), null);
    var nobody =
        new LiveAggregate(
            key, key.toString(), null, null, null, nothing, CommandWindow.EMPTY, Keeper.NOBODY);
    var bytes = EventWire.sizeOf(outcome, region);
    var row = new Decided.Row(outcome, null, ReplyBody.EMPTY, nothing, bytes);
    return PendingOutcome.fence(nobody, shard, time, row);
  }

  private static AggregateKey keyIn(int shard, int shardCount) {
    for (var salt = 0; ; salt++) {
      var key = new AggregateKey(TYPE, Integer.toString(salt));
      if (Shards.shardOf(key.toString(), shardCount) == shard) {
        return key;
      }
    }
  }
}

package dev.anabranch.connectors.kafka;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.store.StoreLayout;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Commands, rows and replies with little in them. */
public final class TestMessages {

  static final RegionId REGION = new RegionId("a");

  private static final EncodedMessage PAYLOAD =
      new EncodedMessage("Open", 1, "{}".getBytes(StandardCharsets.UTF_8));

  private TestMessages() {}

  static StoreLayout layout(int shards, int partitions) {
    return new StoreLayout(REGION, "store", shards, partitions, List.of("db"), new int[shards]);
  }

  public static MessageRecord command(String aggregateId, String commandId) {
    var envelope =
        new CommandEnvelope(
            new AggregateKey("Account", aggregateId),
            commandId,
            PAYLOAD,
            CommandEnvelope.ANY_VERSION,
            Map.of(),
            ReplyTarget.DEFAULT);
    return CommandWire.encode(envelope, "application/json", "/test");
  }

  static LogRow row(int shard, long offset) {
    var outcome =
        new Outcome(
            RowKind.COMMIT,
            new AggregateKey("Account", "in-shard-" + shard),
            offset + 1,
            "c" + offset,
            "",
            new Dot(REGION, offset + 1),
            new Stamp(1, 2, 3),
            new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(List.of(PAYLOAD))));
    return outcome.at(shard, offset);
  }

  public static CommandReply reply(String commandId, ReplyTarget target) {
    return reply(commandId, target, new byte[0]);
  }

  public static CommandReply reply(String commandId, ReplyTarget target, byte[] result) {
    return new CommandReply(
        commandId,
        new AggregateKey("Account", "1"),
        ReplyStatus.ACCEPTED,
        new ReplyBody("", "", Map.of(), 1, result.length == 0 ? "" : "text/plain", result),
        new CommandReply.Backing("a", new LogPosition(0, 0), "a:1"),
        false,
        target);
  }
}

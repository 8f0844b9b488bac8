package dev.anabranch.format;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Arrival;
import dev.anabranch.gate.CausalPast;
import dev.anabranch.gate.Causality;
import dev.anabranch.gate.Stability;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.DeadLetter;
import dev.anabranch.model.message.RangeRequest;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.model.stored.AggregateRecord;
import dev.anabranch.model.stored.CommandWindow;
import dev.anabranch.model.stored.LogProgress;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.stored.ShardRecord;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.versions.CommitStatus;
import dev.anabranch.versions.CompactionState;
import dev.anabranch.versions.GraphEntry;
import dev.anabranch.versions.GraphSummary;
import dev.anabranch.versions.GraphSummary.UsedResolver;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.Resolution;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.MetadataBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The values behind the stored bytes: never change one, add another. */
final class Samples {

  private static final RegionId EU = new RegionId("eu-west");
  private static final RegionId US = new RegionId("us-east");
  private static final long HLC = (1_708_016_625_000L << 16) + 7;

  static final AggregateKey ACCOUNT = new AggregateKey("Account", "Zoë/1");
  static final VectorTime TIME = VectorTime.of(Map.of(EU, 300L, US, 1L));
  static final CommandReply SUPERSEDED =
      new CommandReply(
          "cmd-1",
          ACCOUNT,
          ReplyStatus.ACCEPTED,
          ReplyBody.EMPTY,
          new CommandReply.Backing("eu-west", new LogPosition(17, 42), TIME.token()),
          true,
          true,
          ReplyTarget.DEFAULT);
  static final RepublishRequest REPUBLISH =
      new RepublishRequest("us-east", ACCOUNT, TIME, 1_708_016_625_000L, 3);
  static final RangeRequest RANGE =
      new RangeRequest("us-east", "eu-west", 300, 1_000, 70_000, 1_708_016_625_000L, 3);
  static final Causality CAUSALITY =
      new Causality(
          TIME,
          List.of(new Dot(US, 1), new Dot(EU, 300)),
          VectorTime.of(Map.of(EU, HLC)),
          "last-writer-wins");
  static final Causality CAUSALITY_OF_ONE_REGION =
      new Causality(
          VectorTime.of(Map.of(EU, 2L)),
          List.of(new Dot(EU, 2)),
          VectorTime.of(Map.of(EU, HLC)),
          "");
  static final Map<String, String> METADATA = Map.of("traceparent", "00-aa", "meta-user", "Zoë");
  static final ReplyBody REPLY =
      new ReplyBody(
          "insufficient-funds",
          "5 short",
          Map.of("missing", "5", "balance", "0"),
          7,
          "application/json",
          utf8("{\"balance\":0}"));
  static final List<EncodedMessage> EVENTS =
      List.of(
          new EncodedMessage("MoneyDeposited", 2, utf8("{\"amount\":5}")),
          new EncodedMessage("LimitReached", 65_535, new byte[0]));
  static final LogRow COMMIT =
      new Outcome(
              RowKind.COMMIT,
              ACCOUNT,
              3,
              "cmd-1",
              "us-east",
              new Dot(EU, 3),
              new Stamp(-5, HLC, 1_709_209_800_123_456L),
              new Blobs(
                  CausalityBlob.encode(CAUSALITY),
                  MetadataBlob.encode(METADATA),
                  ReplyBlob.encode(REPLY),
                  EventsBlob.encode(EVENTS)))
          .at(511, 1L << 40);
  static final LogRow REJECTED =
      new Outcome(
              RowKind.REJECTED,
              ACCOUNT,
              0,
              "cmd-2",
              "",
              null,
              new Stamp(Long.MAX_VALUE, HLC, 0),
              new Blobs(Blobs.EMPTY, Blobs.EMPTY, ReplyBlob.encode(REPLY), Blobs.EMPTY))
          .at(0, 0);
  static final LogRow TOMBSTONE =
      new Outcome(
              RowKind.TOMBSTONE,
              ACCOUNT,
              0,
              null,
              "",
              new Dot(US, 2),
              new Stamp(1, HLC, 1),
              new Blobs(CausalityBlob.encode(CAUSALITY), Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY))
          .at(0, 1);
  static final CommandEnvelope COMMAND =
      new CommandEnvelope(
          ACCOUNT,
          "cmd-1",
          new EncodedMessage("Deposit", 2, utf8("{\"amount\":5}")),
          7,
          METADATA,
          new ReplyTarget("replies.client-7", 3, new byte[] {1, 2, -1}));
  static final CommandReply ANSWER =
      new CommandReply(
          "cmd-1",
          ACCOUNT,
          ReplyStatus.REJECTED,
          REPLY,
          new CommandReply.Backing("eu-west", new LogPosition(17, 42), TIME.token()),
          true,
          new ReplyTarget(null, ReplyTarget.ANY_PARTITION, new byte[] {1, 2, -1}));
  static final CommandRecord RECORD =
      new CommandRecord(
          ACCOUNT.toString(),
          CommandWire.encode(COMMAND, "application/json", "/shop"),
          new SourcePosition("commands.eu-west", 3, 1L << 33, 1_709_209_800_123L));
  static final CommandRecord RECORD_OF_A_KNOWN_TOPIC =
      new CommandRecord(
          ACCOUNT.toString(),
          CommandWire.encode(COMMAND, "application/json", "/shop"),
          new SourcePosition(
              "commands.eu-west", 3, 1L << 33, 1_709_209_800_123L, "tYp3Kq2cS8mFZ0a1b2c3dA"));
  static final LogProgress PROGRESS =
      new LogProgress(
          900,
          List.of(new LogProgress.Range(17, 42), new LogProgress.Range(500, 501)),
          1_709_209_800_123L,
          3,
          26);
  static final DeadLetter LETTER = new DeadLetter(RECORD, "poison", "it threw");
  static final AggregateRecord AGGREGATE =
      new AggregateRecord(
          3,
          new CausalPast(
              TIME, List.of(new Dot(EU, 2), new Dot(US, 7)), HLC, TIME.with(US, HLC + 1)),
          new EncodedMessage("Account", 4, utf8("{\"balance\":5}")),
          CommandWindow.EMPTY
              .with(CommandWindow.hash("cmd-1"), 40, 8)
              .with(CommandWindow.hash("cmd-2"), 41, 8)
              .with(CommandWindow.hash("cmd-0"), 12, 8),
          null);
  static final AggregateRecord BROKEN =
      new AggregateRecord(
          1,
          CausalPast.NONE.afterOwn(new Dot(EU, 1), HLC, VectorTime.ZERO.with(EU, HLC)),
          null,
          CommandWindow.EMPTY,
          "evolve threw");
  static final ShardRecord SHARD =
      new ShardRecord("550e8400-e29b-41d4-a716-446655440000", 43, -5, HLC);

  static final Resolution RESOLUTION =
      new Resolution(
          new Dot(EU, 300), List.of(new Dot(EU, 7), new Dot(US, 1)), true, "Zoë", "newer price");
  static final GraphEntry GRAPH_COMMIT =
      new GraphEntry(
          new VersionNode(
              new Dot(EU, 301),
              HLC,
              RowKind.COMMIT,
              TIME,
              List.of(new Dot(US, 1), new Dot(EU, 300)),
              "last-writer-wins",
              "cmd-1",
              null),
          CommitStatus.TWIN,
          new Dot(US, 2),
          List.of(new Dot(EU, 299)),
          List.of(
              new OrderedDot(new Dot(EU, 299), HLC - 2), new OrderedDot(new Dot(US, 2), HLC - 1)),
          CompactionState.OPEN);
  static final GraphEntry GRAPH_RESOLUTION =
      new GraphEntry(
          new VersionNode(
              new Dot(US, 2),
              HLC,
              RowKind.RESOLUTION,
              TIME,
              List.of(new Dot(EU, 300)),
              "",
              null,
              RESOLUTION),
          CommitStatus.COUNTS,
          null,
          List.of(new Dot(EU, 300)),
          List.of(new OrderedDot(new Dot(EU, 300), HLC - 1)),
          CompactionState.REJECTED_LEAF);
  static final GraphSummary GRAPH_SUMMARY =
      new GraphSummary(
          List.of(new OrderedDot(new Dot(EU, 300), HLC - 1), new OrderedDot(new Dot(US, 2), HLC)),
          new OrderedDot(new Dot(US, 1), HLC - 9),
          70,
          33,
          List.of());
  static final GraphSummary GRAPH_SUMMARY_WITH_RESOLVERS =
      new GraphSummary(
          List.of(new OrderedDot(new Dot(EU, 301), HLC)),
          null,
          3,
          2,
          List.of(
              new UsedResolver("order-merge-1", "order-merge-1"),
              new UsedResolver("", "last-writer-wins")));
  static final Arrival HELD = new Arrival(new Dot(EU, 302), HLC, TIME, true);
  static final Stability STABILITY =
      Stability.of(Map.of(EU, TIME, US, VectorTime.of(Map.of(US, 1L))));

  static final EncodedMessage STATE = new EncodedMessage("Account", 4, utf8("{\"balance\":5}"));
  static final List<VersionState> LIVE =
      List.of(
          new VersionState(new Dot(EU, 3), HLC, STATE),
          new VersionState(
              new Dot(US, 2), HLC + 1, new EncodedMessage("Account", 4, utf8("{\"balance\":7}"))),
          new VersionState(new Dot(US, 3), HLC + 2, null));
  static final AggregateView VIEW =
      new AggregateView(
          "eu-west",
          ACCOUNT,
          TIME,
          HLC,
          STATE,
          "application/json",
          false,
          LIVE,
          List.of(
              new VoidCommit(new Dot(US, 4), "twin", new Dot(EU, 3)),
              new VoidCommit(new Dot(US, 5), "nothing-left", null)),
          "");
  static final AggregateView VIEW_OF_CONFLICT =
      new AggregateView(
          "eu-west", ACCOUNT, TIME, HLC, null, "application/json", true, LIVE, List.of(), "why");
  static final ConflictRecord CONFLICT =
      new ConflictRecord(
          "eu-west",
          ACCOUNT,
          "eu-west:3+us-east:2",
          ConflictStatus.EXTENDED,
          301,
          TIME,
          HLC,
          1_709_209_800_123_456L,
          LIVE,
          null,
          "the resolver threw");
  static final ConflictRecord RESOLVED =
      new ConflictRecord(
          "eu-west",
          ACCOUNT,
          "eu-west:3+us-east:2",
          ConflictStatus.RESOLVED,
          302,
          TIME,
          HLC,
          1_709_209_800_123_456L,
          List.of(),
          new ConflictRecord.Settlement(
              new Dot(US, 6), "resolution", "", new Dot(EU, 3), "kim", "customer called"),
          "");
  static final ReplicaHead REPLICA =
      new ReplicaHead(
          ReplicaHead.Merging.GRAPH,
          TIME,
          HLC,
          new Dot(EU, 3),
          2,
          1_709_209_800_123L,
          128,
          Stability.NONE.after(new Dot(US, 2), TIME),
          VectorTime.of(Map.of(EU, 3L)),
          List.of(new VoidCommit(new Dot(US, 4), "twin", new Dot(EU, 3))),
          "evolve threw");

  private Samples() {}

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

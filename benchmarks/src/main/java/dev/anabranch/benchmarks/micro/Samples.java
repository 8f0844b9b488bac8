package dev.anabranch.benchmarks.micro;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.benchmarks.load.BenchmarkDomain;
import dev.anabranch.benchmarks.load.BenchmarkDomain.Deposit;
import dev.anabranch.benchmarks.load.BenchmarkDomain.Deposited;
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
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import dev.anabranch.wire.blob.ReplyBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The messages that all micro-benchmarks handle: those of the load runs, with 250-byte events. */
public final class Samples {

  public static final RegionId REGION = new RegionId("bench");
  public static final AggregateKey KEY = new AggregateKey("Account", "account-1000004711");
  public static final String COMMAND_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private static final long HLC = 1_800_000_000_000L << 16;
  private static final String NOTE = "the quick brown fox jumps over dogs ".repeat(6);

  private Samples() {}

  public static Deposit command() {
    return new Deposit(12, NOTE);
  }

  public static Deposited event() {
    return new Deposited(12, 3_456, NOTE);
  }

  public static EncodedMessage encodedCommand() {
    return BenchmarkDomain.type().commandCodec().encode(command());
  }

  public static EncodedMessage encodedEvent() {
    return BenchmarkDomain.type().eventCodec().encode(event());
  }

  public static CommandEnvelope envelope() {
    var target = new ReplyTarget("replies.bench", 0, new byte[16]);
    return new CommandEnvelope(
        KEY, COMMAND_ID, encodedCommand(), CommandEnvelope.ANY_VERSION, Map.of(), target);
  }

  public static MessageRecord commandMessage() {
    return CommandWire.encode(envelope(), "application/json", "/anabranch/client/benchmark");
  }

  public static CommandRecord commandRecord() {
    var message = commandMessage();
    return new CommandRecord(
        new String(KEY.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
        message,
        new SourcePosition("commands.bench", 3, 1_234_567, HLC >> 16));
  }

  public static Causality causality() {
    return new Causality(
        VectorTime.ZERO.with(REGION, 16),
        List.of(new Dot(REGION, 16)),
        VectorTime.ZERO.with(REGION, HLC),
        "");
  }

  public static ReplyBody reply() {
    return new ReplyBody("", "", Map.of(), 17, "", Blobs.EMPTY);
  }

  public static LogRow row() {
    var blobs =
        new Blobs(
            CausalityBlob.encode(causality()),
            Blobs.EMPTY,
            ReplyBlob.encode(reply()),
            EventsBlob.encode(List.of(encodedEvent())));
    return new Outcome(
            RowKind.COMMIT,
            KEY,
            17,
            COMMAND_ID,
            "",
            new Dot(REGION, 17),
            new Stamp(0x5eed_5eed_5eedL, HLC, (HLC >> 16) * 1_000),
            blobs)
        .at(77, 123_456);
  }
}

package dev.anabranch.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.client.Command;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.SourcePosition;
import dev.anabranch.wire.Headers;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws commands as a sender's client would put them on the topic. What is the same in all of them
 * is made once, so that the load generator costs little.
 *
 * <p><b>Threads.</b> One.
 */
public final class CommandPlan {

  /** Bytes of an event without its note. */
  public static final int EVENT_FRAME_BYTES = 38;

  private static final String ID_PREFIX = "account-";
  private static final String HEX = "0123456789abcdef";
  private static final int TIME_DIGITS = 12;
  private static final String SOURCE = "/anabranch/benchmarks";

  private final SplittableRandom random;
  private final AggregateDraw draw;
  private final EncodedMessage payload;
  private final RecordHeader specVersion = RecordHeader.of(Headers.SPEC_VERSION, "1.0");
  private final RecordHeader source = RecordHeader.of(Headers.SOURCE, SOURCE);
  private final RecordHeader type;
  private final RecordHeader contentType;
  private final RecordHeader aggregateType =
      RecordHeader.of(Headers.AGGREGATE_TYPE, BenchmarkDomain.TYPE);
  private final RecordHeader schemaVersion = RecordHeader.of(Headers.SCHEMA_VERSION, "1");
  private long drawn;

  public CommandPlan(LoadOptions options, long seed) {
    this(options, AggregateDraw.evenly(options.aggregates), seed);
  }

  public CommandPlan(LoadOptions options, AggregateDraw draw, long seed) {
    random = new SplittableRandom(seed);
    this.draw = draw;
    var codec = BenchmarkDomain.type().commandCodec();
    payload =
        codec.encode(new BenchmarkDomain.Deposit(12, note(options.eventBytes - EVENT_FRAME_BYTES)));
    type = RecordHeader.of(Headers.TYPE, payload.type());
    contentType = RecordHeader.of(Headers.CONTENT_TYPE, codec.contentType());
  }

  public int nextAggregate() {
    return draw.next(random);
  }

  public String nextCommandId() {
    return commandId(random);
  }

  /** A command as Flink's source hands it on. */
  public CommandRecord next(String commandId) {
    var id = aggregateId(nextAggregate());
    var routingKey = BenchmarkDomain.TYPE + '/' + id;
    var headers =
        List.of(
            specVersion,
            RecordHeader.of(Headers.ID, commandId),
            source,
            type,
            RecordHeader.of(Headers.SUBJECT, id),
            contentType,
            aggregateType,
            schemaVersion);
    return new CommandRecord(
        routingKey,
        new MessageRecord(routingKey.getBytes(ISO_8859_1), payload.data(), headers),
        new SourcePosition("commands", 0, drawn++, 0));
  }

  /** A command as an application gives it to the client. */
  public Command nextForClient(String commandId) {
    return new Command(
        new AggregateKey(BenchmarkDomain.TYPE, aggregateId(nextAggregate())),
        commandId,
        payload,
        "application/json",
        CommandEnvelope.ANY_VERSION,
        Map.of());
  }

  public static String aggregateId(int number) {
    return ID_PREFIX + (1_000_000_000L + number);
  }

  /**
   * Makes an id as long as a UUID of version 7, in order of time like it, without the cost of one.
   */
  public static String commandId(SplittableRandom random) {
    var id = new byte[36];
    hex(System.currentTimeMillis(), id, 0, TIME_DIGITS);
    hex(random.nextLong(), id, TIME_DIGITS, 12);
    hex(random.nextLong(), id, TIME_DIGITS + 12, 12);
    return new String(id, ISO_8859_1);
  }

  private static void hex(long value, byte[] to, int from, int digits) {
    var bits = value;
    for (var i = from + digits - 1; i >= from; i--) {
      to[i] = (byte) HEX.charAt((int) bits & 15);
      bits >>>= 4;
    }
  }

  /** Text without regularity that a compression would find, nor anything to escape. */
  public static String note(int length) {
    var random = new SplittableRandom(42);
    var note = new StringBuilder(length);
    for (var i = 0; i < length; i++) {
      note.append((char) ('a' + random.nextInt(26)));
    }
    return note.toString();
  }
}

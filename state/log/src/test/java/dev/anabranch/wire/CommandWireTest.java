package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.CommandEnvelope;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.RecordHeader;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.values.Values;
import dev.anabranch.wire.CommandWire.Malformed;
import dev.anabranch.wire.CommandWire.WellFormed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts from one good command and breaks one thing at a time. */
class CommandWireTest {

  private static final AggregateKey ACCOUNT = new AggregateKey("Account", "4711");
  private static final ReplyTarget TARGET =
      new ReplyTarget("replies.client-7", 3, new byte[] {1, 2, 3});
  private static final CommandEnvelope DEPOSIT =
      new CommandEnvelope(
          ACCOUNT,
          "cmd-1",
          new EncodedMessage("Deposit", 2, utf8("{\"amount\":5}")),
          7,
          Map.of("traceparent", "00-aa-bb-01", "meta-user", "é"),
          TARGET);

  @Test
  void readsWhatItWrote() {
    assertThat(decoded(encode(DEPOSIT))).usingRecursiveComparison().isEqualTo(DEPOSIT);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void readsWhateverItWrote(@ForAll("commands") CommandEnvelope command) {
    var message = encode(command);

    assertThat(decoded(message)).usingRecursiveComparison().isEqualTo(command);
    assertThat(CommandWire.routingKey(message)).contains(command.aggregate().toString());
  }

  @Test
  void isACloudEventInBinaryMode() {
    assertThat(header(encode(DEPOSIT), "ce_specversion")).isEqualTo("1.0");
    assertThat(header(encode(DEPOSIT), "ce_id")).isEqualTo("cmd-1");
    assertThat(header(encode(DEPOSIT), "ce_source")).isEqualTo("/test");
    assertThat(header(encode(DEPOSIT), "ce_type")).isEqualTo("Deposit");
    assertThat(header(encode(DEPOSIT), "ce_subject")).isEqualTo("4711");
    assertThat(header(encode(DEPOSIT), "content-type")).isEqualTo("application/json");
    assertThat(new String(encode(DEPOSIT).key(), StandardCharsets.UTF_8)).isEqualTo("Account/4711");
  }

  @Test
  void needsNoMoreThanSixHeaders() {
    var message = encode(DEPOSIT);
    var required =
        message.headers().stream()
            .filter(
                header ->
                    List.of(
                            Headers.SPEC_VERSION,
                            Headers.ID,
                            Headers.SOURCE,
                            Headers.TYPE,
                            Headers.SUBJECT,
                            Headers.AGGREGATE_TYPE)
                        .contains(header.name()))
            .toList();
    var command = decoded(new MessageRecord(null, message.value(), required));

    assertThat(command.expectedVersion()).isEqualTo(CommandEnvelope.ANY_VERSION);
    assertThat(command.command().schemaVersion()).isEqualTo(1);
    assertThat(command.metadata()).isEmpty();
    assertThat(command.replyTarget()).isEqualTo(ReplyTarget.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_aggregatetype"
      })
  void namesAMissingHeader(String name) {
    var malformed = malformed(without(encode(DEPOSIT), name));

    assertThat(malformed.code()).isEqualTo(CommandWire.MISSING_HEADER);
    assertThat(malformed.message()).contains(name);
    assertThat(malformed.target()).usingRecursiveComparison().isEqualTo(TARGET);
  }

  @Test
  void namesAllMissingHeaders() {
    var malformed = malformed(new MessageRecord(null, new byte[0], List.of()));

    assertThat(malformed.message())
        .contains("ce_specversion, ce_id, ce_source, ce_type, ce_subject, ce_aggregatetype");
    assertThat(malformed.target()).isEqualTo(ReplyTarget.DEFAULT);
    assertThat(malformed.commandId()).isNull();
    assertThat(malformed.aggregate()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "ce_specversion, 0.3",
    "ce_id, ''",
    "ce_type, ''",
    "ce_subject, ''",
    "ce_aggregatetype, a b",
    "ce_aggregatetype, a/b",
    "ce_schemaversion, 0",
    "ce_schemaversion, 65536",
    "ce_schemaversion, one",
    "ce_expectedversion, -1",
    "ce_expectedversion, -2",
    "ce_expectedversion, 1.5",
    "ce_expectedversion, 01",
    "ce_expectedversion, 9223372036854775808",
    "ce_expectedversion, ''",
    "kafka_replyTopic, a b",
    "kafka_replyTopic, ..",
    "kafka_replyPartition, 3",
  })
  void namesAMalformedHeader(String name, String value) {
    var malformed = malformed(with(encode(DEPOSIT), name, utf8(value)));

    assertThat(malformed.code()).isEqualTo(CommandWire.MALFORMED_HEADER);
    assertThat(malformed.message()).contains(name);
    assertThat(malformed.target().correlationId()).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_subject",
        "ce_aggregatetype",
        "meta-user",
        "kafka_replyTopic",
        "ce_expectedversion"
      })
  void refusesTextThatIsNotUtf8(String name) {
    var malformed = malformed(with(encode(DEPOSIT), name, new byte[] {(byte) 0xc3, 0x28}));

    assertThat(malformed.code()).isEqualTo(CommandWire.MALFORMED_HEADER);
    assertThat(malformed.message()).contains(name);
  }

  @Test
  void refusesAnAttributeThatOccursTwice() {
    var headers = new ArrayList<>(encode(DEPOSIT).headers());
    headers.add(RecordHeader.of(Headers.ID, "cmd-2"));

    assertThat(malformed(new MessageRecord(null, new byte[0], headers)).message())
        .contains("ce_id", "twice");
  }

  @Test
  void refusesATombstone() {
    var message = encode(DEPOSIT);
    var malformed = malformed(new MessageRecord(message.key(), null, message.headers()));

    assertThat(malformed.code()).isEqualTo(CommandWire.NO_PAYLOAD);
    assertThat(malformed.commandId()).isEqualTo("cmd-1");
    assertThat(malformed.aggregate()).isEqualTo(ACCOUNT);
  }

  @Test
  void refusesAKeyOfAnotherAggregate() {
    var message = encode(DEPOSIT);
    var malformed =
        malformed(new MessageRecord(utf8("Account/4712"), message.value(), message.headers()));

    assertThat(malformed.code()).isEqualTo(CommandWire.KEY_MISMATCH);
    assertThat(malformed.message()).contains("Account/4711");
  }

  @Test
  void boundsIds() {
    var longId = utf8("x".repeat(65));

    assertThat(malformed(with(encode(DEPOSIT), Headers.ID, longId)).message()).contains("64 bytes");
    assertThat(
            malformed(with(encode(DEPOSIT), Headers.SUBJECT, utf8("x".repeat(10_000)))).message())
        .contains("128 bytes")
        .hasSizeLessThan(400);
    assertThat(malformed(with(encode(DEPOSIT), Headers.CORRELATION_ID, new byte[1025])).message())
        .contains("1024 bytes");
  }

  @Test
  void boundsMetadata() {
    var headers = new ArrayList<>(encode(DEPOSIT).headers());
    for (var i = 0; i < 31; i++) {
      headers.add(RecordHeader.of("meta-" + i, ""));
    }
    var tooMany = new MessageRecord(null, new byte[0], headers);
    var tooLarge = with(encode(DEPOSIT), "meta-user", new byte[8 * 1024 + 1]);

    assertThat(malformed(tooMany).code()).isEqualTo(CommandWire.METADATA_TOO_LARGE);
    assertThat(malformed(tooLarge).code()).isEqualTo(CommandWire.METADATA_TOO_LARGE);
    assertThat(malformed(tooLarge).commandId()).isEqualTo("cmd-1");
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    var message = with(encode(DEPOSIT), "x-other", new byte[] {-1});

    assertThat(decoded(message)).usingRecursiveComparison().isEqualTo(DEPOSIT);
  }

  @Test
  void routesNothingThatHasNoValidKey() {
    assertThat(CommandWire.routingKey(without(encode(DEPOSIT), Headers.SUBJECT))).isEmpty();
    assertThat(CommandWire.routingKey(with(encode(DEPOSIT), Headers.SUBJECT, new byte[129])))
        .isEmpty();
    assertThat(CommandWire.routingKey(with(encode(DEPOSIT), Headers.AGGREGATE_TYPE, utf8("!"))))
        .isEmpty();
    assertThat(CommandWire.routingKey(with(encode(DEPOSIT), Headers.SUBJECT, new byte[] {-1})))
        .isEmpty();
  }

  @Test
  void refusesToSendMetadataThatWouldNotArrive() {
    var command =
        new CommandEnvelope(
            ACCOUNT, "c", DEPOSIT.command(), 0, Map.of("user", "x"), ReplyTarget.DEFAULT);

    assertThatThrownBy(() -> encode(command)).hasMessageContaining("meta-");
  }

  @Provide
  Arbitrary<CommandEnvelope> commands() {
    var targets =
        Combinators.combine(
                Arbitraries.of("replies", "a.b-c_d").injectNull(0.3),
                Arbitraries.integers().between(-1, 100),
                Values.bytes(20).injectNull(0.3))
            .as(ReplyTarget::new);
    return Combinators.combine(
            Values.keys(),
            Values.ids(64),
            Values.messages(),
            Arbitraries.longs().greaterOrEqual(-1),
            Values.metadata(),
            targets)
        .as(CommandEnvelope::new);
  }

  private static MessageRecord encode(CommandEnvelope command) {
    return CommandWire.encode(command, "application/json", "/test");
  }

  private static CommandEnvelope decoded(MessageRecord message) {
    return assertThat(CommandWire.decode(message))
        .asInstanceOf(type(WellFormed.class))
        .actual()
        .command();
  }

  private static Malformed malformed(MessageRecord message) {
    return assertThat(CommandWire.decode(message)).asInstanceOf(type(Malformed.class)).actual();
  }

  private static String header(MessageRecord message, String name) {
    return Headers.text(message.headers(), name);
  }

  private static MessageRecord without(MessageRecord message, String name) {
    var headers = message.headers().stream().filter(h -> !h.name().equals(name)).toList();
    return new MessageRecord(message.key(), message.value(), headers);
  }

  private static MessageRecord with(MessageRecord message, String name, byte[] value) {
    var headers = new ArrayList<>(without(message, name).headers());
    headers.add(new RecordHeader(name, value));
    return new MessageRecord(message.key(), message.value(), headers);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

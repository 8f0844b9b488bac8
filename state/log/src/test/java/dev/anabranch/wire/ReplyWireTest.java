package dev.anabranch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyBody;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.message.ReplyTarget;
import dev.anabranch.values.Values;
import dev.anabranch.wire.blob.WireFormatException;
import java.nio.charset.StandardCharsets;
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

class ReplyWireTest {

  @Property(shrinking = ShrinkingMode.OFF)
  void readsWhatItWrote(@ForAll("replies") CommandReply reply) {
    assertThat(ReplyWire.decode(ReplyWire.encode(reply)))
        .usingRecursiveComparison()
        .isEqualTo(reply);
  }

  @Test
  void isReadableAsHeaders() {
    var reply =
        new CommandReply(
            "cmd-1",
            new AggregateKey("Account", "4711"),
            ReplyStatus.REJECTED,
            new ReplyBody(
                "insufficient-funds", "5 short", Map.of("missing", "5"), 7, "", new byte[0]),
            new CommandReply.Backing("eu-west", new LogPosition(17, 42), "AQA"),
            true,
            new ReplyTarget("replies", 2, new byte[] {9}));
    var message = ReplyWire.encode(reply, Map.of("traceparent", "00-aa"));

    assertThat(message.headers().stream().map(h -> h.name() + "=" + text(h.value())))
        .containsExactly(
            "ce_specversion=1.0",
            "ce_id=eu-west/17/42/reply",
            "ce_source=/anabranch/eu-west",
            "ce_type=dev.anabranch.reply",
            "ce_aggregatetype=Account",
            "ce_subject=4711",
            "ce_commandid=cmd-1",
            "ce_status=rejected",
            "ce_code=insufficient-funds",
            "ab_message=5 short",
            "ab_detail_missing=5",
            "ce_version=7",
            "ce_region=eu-west",
            "ce_shard=17",
            "ce_shardoffset=42",
            "ce_revision=AQA",
            "ce_repeated=true",
            "kafka_correlationId=\t",
            "traceparent=00-aa");
    assertThat(text(message.key())).isEqualTo("Account/4711");
    assertThat(message.value()).isEmpty();
  }

  @Test
  void refusesARecordThatIsNoReply() {
    assertThatThrownBy(() -> ReplyWire.decode(new MessageRecord(null, null, List.of())))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("ce_status");
    assertThatThrownBy(() -> ReplyWire.decode(EventWire.encode(EventWireTest.commit(), "eu-west")))
        .isInstanceOf(WireFormatException.class);
  }

  @Provide
  Arbitrary<CommandReply> replies() {
    var backings =
        Combinators.combine(
                Values.regions(),
                Arbitraries.integers().between(0, 32_767),
                Arbitraries.longs().greaterOrEqual(0),
                Values.vectorTimes())
            .as(
                (region, shard, offset, revision) ->
                    new CommandReply.Backing(
                        region.value(), new LogPosition(shard, offset), revision.token()));
    var targets =
        Values.bytes(20)
            .map(id -> new ReplyTarget(null, ReplyTarget.ANY_PARTITION, id))
            .injectNull(0.3)
            .map(target -> target == null ? ReplyTarget.DEFAULT : target);
    return Combinators.combine(
            Values.ids(64).injectNull(0.2),
            Values.keys().injectNull(0.2),
            Arbitraries.of(ReplyStatus.class),
            Values.replyBodies(),
            backings.injectNull(0.3),
            Arbitraries.of(true, false),
            targets)
        .as(CommandReply::new);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.connectors.kafka.reply.ReplySink;
import dev.anabranch.connectors.kafka.reply.ReplyTopics;
import dev.anabranch.connectors.kafka.sink.ProducerSettings;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static final KafkaConnection CONNECTION =
      new KafkaConnection(
          "broker:9092",
          Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "password='secret'"));

  @Test
  void aConnectionPassesSecretsOnAndNeverShowsThem() {
    assertThat(CONNECTION.toProperties())
        .containsEntry("sasl.jaas.config", "password='secret'")
        .containsEntry("bootstrap.servers", "broker:9092");
    assertThat(CONNECTION.toString())
        .isEqualTo("KafkaConnection(broker:9092, [sasl.jaas.config, security.protocol])");
    assertThat(ReplySink.Options.of(CONNECTION, "replies").toString()).doesNotContain("secret");
  }

  @Test
  void anEmptyAddressIsRefused() {
    assertThatThrownBy(() -> KafkaConnection.to(" ")).hasMessageContaining("host:port");
  }

  @Test
  void producersKeepOrderAndDurabilityWhateverIsConfigured() {
    var settings = ProducerSettings.durable(CONNECTION, Map.of("linger.ms", "1"), 100);

    assertThat(settings)
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", "true")
        .containsEntry("max.in.flight.requests.per.connection", "1")
        .containsEntry("max.request.size", "100")
        .containsEntry("linger.ms", "1");
    assertThatThrownBy(() -> ProducerSettings.durable(CONNECTION, Map.of("acks", "1"), 100))
        .hasMessageContaining("acks");
  }

  @Test
  void repliesGoToAllowedTopicsOnly() {
    var allowed =
        new ReplyTopics(Set.of("mine", "events.a", "__x"), "client-[0-9]+", Set.of("events.a"))
            .matcher();

    assertThat(allowed.allows("mine")).isTrue();
    assertThat(allowed.allows("client-12")).isTrue();
    assertThat(allowed.allows("client-12x")).isFalse();
    assertThat(allowed.allows("other")).isFalse();
    assertThat(allowed.allows("events.a")).as("reserved").isFalse();
    assertThat(allowed.allows("__x")).as("Kafka's own").isFalse();
    assertThat(allowed.allows("a".repeat(250))).isFalse();
    assertThat(new ReplyTopics(Set.of(), ".*", Set.of()).matcher().allows("no\nname")).isFalse();
    assertThatThrownBy(() -> new ReplyTopics(Set.of(), "(", Set.of()))
        .hasMessageContaining("no regular expression");
  }
}

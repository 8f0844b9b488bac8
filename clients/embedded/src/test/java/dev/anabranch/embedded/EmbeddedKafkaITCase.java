package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs one broker for all tests; each uses a topic of its own. */
@Timeout(120)
class EmbeddedKafkaITCase {

  private static final int LARGE_BYTES = 2 * 1024 * 1024;

  private static WorkDirectory work;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    work = WorkDirectory.create("kafka");
    kafka = EmbeddedKafka.start(work.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    kafka.close();
    work.close();
  }

  @Test
  void whatIsProducedIsConsumed() throws Exception {
    var topic = topic("produced", Map.of());

    topic.send("a");
    topic.send("b");

    assertThat(topic.read(2)).containsExactly("a", "b");
  }

  @Test
  void aRestartKeepsRecordsAndPort() throws Exception {
    var topic = topic("kept", Map.of());
    topic.send("before");

    kafka.stop();
    assertThat(kafka.isRunning()).isFalse();
    kafka.restart();

    topic.send("after");
    assertThat(topic.read(2)).containsExactly("before", "after");
  }

  @Test
  void aRecordLargerThanTheDefaultNeedsATopicThatAllowsIt() throws Exception {
    var small = topic("small", Map.of());
    var large = topic("large", Map.of("max.message.bytes", Integer.toString(LARGE_BYTES * 2)));

    large.send(new byte[LARGE_BYTES]);

    assertThatThrownBy(() -> small.send(new byte[LARGE_BYTES]))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
  }

  @Test
  void aTopicIsNeitherMadeByUseNorMadeTwice() {
    var unknown = new KafkaTopic(kafka.bootstrapServers(), "unknown");
    topic("twice", Map.of());

    try (var producer = unknown.producer(1_000)) {
      assertThatThrownBy(() -> producer.send(record("unknown")).get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(TimeoutException.class);
    }
    assertThatThrownBy(() -> topic("twice", Map.of()))
        .hasRootCauseInstanceOf(TopicExistsException.class);
  }

  @Test
  void anotherRegionsBrokerRunsInTheSameJvm() throws Exception {
    var config =
        KafkaBrokerConfig.in(work.resolve("other-region")).withMessageMaxBytes(2 * LARGE_BYTES);
    try (var other = EmbeddedKafka.start(config)) {
      other.createTopic("regional", 1, Map.of());
      var here = topic("regional", Map.of());
      var there = new KafkaTopic(other.bootstrapServers(), "regional");

      here.send("here");
      there.send(new byte[LARGE_BYTES]);

      assertThat(here.read(1)).containsExactly("here");
      assertThat(there.read(1)).singleElement().satisfies(v -> assertThat(v).hasSize(LARGE_BYTES));
    }
  }

  @Test
  void aCutProxyHidesTheBrokerFromItsClientsOnly() throws Exception {
    var direct = topic("cut", Map.of());
    try (var proxy = kafka.openProxy(0)) {
      var proxied = new KafkaTopic("127.0.0.1:" + proxy.port(), "cut");
      try (var producer = proxied.producer(2_000)) {
        producer.send(record("cut")).get(20, TimeUnit.SECONDS);

        proxy.cut();

        direct.send("direct");
        assertThatThrownBy(() -> producer.send(record("cut")).get(20, TimeUnit.SECONDS))
            .hasCauseInstanceOf(TimeoutException.class);
      }
      proxy.heal();
      proxied.send("healed");
    }
    assertThat(direct.read(3)).containsExactly("record", "direct", "healed");
  }

  private static KafkaTopic topic(String name, Map<String, String> config) {
    kafka.createTopic(name, 1, config);
    return new KafkaTopic(kafka.bootstrapServers(), name);
  }

  private static ProducerRecord<byte[], byte[]> record(String topic) {
    return new ProducerRecord<>(topic, "record".getBytes(StandardCharsets.UTF_8));
  }
}

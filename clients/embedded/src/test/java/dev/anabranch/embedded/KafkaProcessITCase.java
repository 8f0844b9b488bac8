package dev.anabranch.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KafkaProcessITCase {

  @Test
  void acknowledgedRecordsSurviveAKillAndTheProcessEndsWithClose() throws Exception {
    try (var work = WorkDirectory.create("kafka-process");
        var kafka = KafkaProcess.start(work.resolve("broker"))) {
      kafka.createTopic("kept", 1, Map.of());
      var topic = new KafkaTopic(kafka.bootstrapServers(), "kept");
      topic.send("before");
      long killed = kafka.pid();

      kafka.kill();
      assertThat(kafka.isRunning()).isFalse();
      assertThat(ProcessHandle.of(killed)).isEmpty();

      kafka.restart();
      topic.send("after");
      assertThat(topic.read(2)).containsExactly("before", "after");

      long closed = kafka.pid();
      kafka.close();
      assertThat(ProcessHandle.of(closed)).isEmpty();
    }
  }

  @Test
  void theProcessEndsWithTheJvmThatStartedItEvenIfThatIsKilled() throws Exception {
    try (var work = WorkDirectory.create("kafka-process")) {
      var broker = ServerOwner.run("kafka", work.resolve("broker"), "halt");

      if (broker.isPresent()) {
        broker.get().onExit().get(20, TimeUnit.SECONDS);
      }
    }
  }
}

package dev.anabranch.connectors.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicAdminTest {

  /** As brokers before 2.8 describe it. */
  @Test
  void aTopicWithoutAnIdIsAProblemThatNamesTheRemedy() {
    assertThat(TopicAdmin.withoutId(topic(Uuid.ZERO_UUID)))
        .hasValueSatisfying(
            problem ->
                assertThat(problem)
                    .contains("topic commands.a", "Kafka 2.8", "inter.broker.protocol.version"));
    assertThat(TopicAdmin.withoutId(topic(Uuid.randomUuid()))).isEmpty();
  }

  private static TopicDescription topic(Uuid id) {
    return new TopicDescription("commands.a", false, List.of(), Set.of(), id);
  }
}

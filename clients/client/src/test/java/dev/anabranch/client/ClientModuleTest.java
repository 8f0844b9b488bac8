package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClientModuleTest {

  @Test
  void theClientRunsWithoutFlink() {
    assertThatThrownBy(() -> Class.forName("org.apache.flink.api.common.typeinfo.TypeInformation"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> CommandClient.builder().bootstrapServers("x:1").build())
        .hasMessageContaining("no commandsTopic")
        .hasMessageContaining(".commandsTopic(...)");
    assertThatThrownBy(() -> CommandClient.builder().clientId("a b").build())
        .hasMessageContaining("client id 'a b'");
    assertThatThrownBy(() -> CommandClient.builder().maxInFlight(0).build())
        .hasMessageContaining("maxInFlight");
  }
}

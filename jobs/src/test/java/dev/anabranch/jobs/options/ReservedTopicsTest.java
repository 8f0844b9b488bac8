package dev.anabranch.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.jobs.config.InvalidOptionsException;
import dev.anabranch.jobs.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics of the runtime to which no reply may go, whoever allows it. */
class ReservedTopicsTest {

  private static final Map<String, String> OPTIONS =
      Map.of(
          "region.name", "eu",
          "kafka.bootstrap-servers", "kafka:9092",
          "store.databases", "one",
          "store.database.one.url", "jdbc:mysql://db:3306/anabranch",
          "store.database.one.user", "app",
          "store.database.one.password", "x",
          "regions.names", "eu,us",
          "regions.home", "eu",
          "commands.topic", "orders",
          "views.topic", "order-views");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "events.eu",
        "dead-letters.eu",
        "inbound.eu",
        "order-views",
        "conflicts.eu",
        "republish.eu",
        "commands.us",
        "events.us",
        "dead-letters.us",
        "inbound.us",
        "views.us",
        "conflicts.us",
        "republish.us"
      })
  void eachTopicOfTheRegionAndItsPeersIsReserved(String topic) {
    assertThat(CommandJobOptions.from(Settings.of(OPTIONS)).reserved()).contains(topic);

    var allowing = new HashMap<>(OPTIONS);
    allowing.put("replies.allowed-topics", "clients," + topic);
    assertThatThrownBy(() -> CommandJobOptions.from(Settings.of(allowing)))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("names " + topic + ", to which no reply may go");
  }

  @Test
  void theRegionsOwnRepliesAreNot() {
    assertThat(CommandJobOptions.from(Settings.of(OPTIONS)).reserved())
        .doesNotContain("replies.eu", "clients");
  }
}

package dev.anabranch.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.jobs.config.InvalidOptionsException;
import dev.anabranch.jobs.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrossRegionJobOptionsTest {

  @Test
  void aConnectionIsReadWithItsCredentialsAndFilters() {
    var options =
        options(
            Map.of(
                "peer.b.properties.security.protocol", "SSL",
                "peer.b.events-topic", "events-of-b",
                "peer.b.events-partitions", "3",
                "peer.b.filter.types", "Order,Cart",
                "peer.b.filter.id-pattern", "eu-.*"));

    var peer = options.peers().get(0);
    assertThat(peer.region()).isEqualTo("b");
    assertThat(peer.kafka().clientProperties()).containsEntry("security.protocol", "SSL");
    assertThat(peer.eventsTopic()).isEqualTo("events-of-b");
    assertThat(peer.partitions()).contains(3);
    assertThat(peer.filter().types()).containsExactly("Order", "Cart");
    assertThat(peer.filter().idPattern()).isEqualTo("eu-.*");
  }

  @Test
  void whatIsNotGivenFollowsFromTheRegions() {
    var options = options(Map.of());

    assertThat(options.peers().get(0).eventsTopic()).isEqualTo("events.b");
    assertThat(options.eventsTopic()).isEqualTo("events.a");
    assertThat(options.topics().inbound()).isEqualTo("inbound.a");
    assertThat(options.topics().views()).isEqualTo("views.a");
    assertThat(options.topics().conflicts()).isEqualTo("conflicts.a");
    assertThat(options.operator().regions()).containsExactly("a", "b");
  }

  @Test
  void oneFileMayHoldTheOptionsOfAllJobs() {
    var all =
        Map.of(
            "commands.topic", "c",
            "commit.max-rows", "10",
            "regions.names", "a,b,c",
            "regions.home", "a",
            "query.database", "x",
            "hold.patience", "1 s",
            "views.topic", "v");

    assertThat(options(all).operator().regions()).containsExactly("a", "b", "c");
    var command = new HashMap<>(settings(all));
    command.remove("query.database");
    assertThat(CommandJobOptions.from(Settings.of(command)).regions().inboundTopic())
        .contains("inbound.a");
  }

  @Test
  void whatIsWrongIsNamedWithItsRemedy() {
    assertThatThrownBy(
            () ->
                options(
                    Map.of(
                        "peers", "a,b",
                        "peer.x.bootstrap-servers", "x:1",
                        "hold.max-commits", "0")))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("must not name this region")
        .hasMessageContaining("hold.max-commits");
    assertThatThrownBy(() -> options(Map.of("peer.x.bootstrap-servers", "x:1")))
        .hasMessageContaining("names no region of peers");
    assertThatThrownBy(() -> options(Map.of("peer.b.filter.id-pattern", "(")))
        .hasMessageContaining("a regular expression");
    assertThatThrownBy(() -> options(Map.of("regions.names", "a,c")))
        .hasMessageContaining("must name b");
    assertThatThrownBy(() -> options(Map.of("views.topic", "inbound.a")))
        .hasMessageContaining("each needs its own");
  }

  @Test
  void regionsWithPeersAreNamedNotGuessed() {
    var settings = settings(Map.of());
    settings.remove("regions.names");

    assertThatThrownBy(() -> CrossRegionJobOptions.from(Settings.of(settings)))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("regions.names")
        .hasMessageContaining("is needed, since there are peers");
    assertThatThrownBy(() -> CommandJobOptions.from(Settings.of(settings)))
        .isInstanceOf(InvalidOptionsException.class)
        .hasMessageContaining("regions.names")
        .hasMessageContaining("is needed, since there are peers");
  }

  private static CrossRegionJobOptions options(Map<String, String> more) {
    return CrossRegionJobOptions.from(Settings.of(settings(more)));
  }

  private static HashMap<String, String> settings(Map<String, String> more) {
    var settings =
        new HashMap<>(
            Map.of(
                "region.name", "a",
                "kafka.bootstrap-servers", "nowhere:9092",
                "peers", "b",
                "regions.names", "a,b",
                "peer.b.bootstrap-servers", "nowhere:9093",
                "store.databases", "one",
                "store.database.one.url", "jdbc:mysql://nowhere:3306/one",
                "store.database.one.user", "user",
                "store.database.one.password", "password"));
    settings.putAll(more);
    return settings;
  }
}

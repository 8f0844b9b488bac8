package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.client.Command;
import dev.anabranch.connectors.mysql.conflict.ConflictTable;
import dev.anabranch.embedded.KafkaProcess;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.embedded.network.TcpProxy;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.NotesDomain;
import dev.anabranch.jobs.region.PeerLog;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.wire.ConflictWire;
import dev.anabranch.wire.ViewWire;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The cross-region job of a region beside its command job, on real servers; the log of its peer b
 * is in another Kafka cluster, behind a link that the test cuts.
 */
class CrossRegionJobITCase {

  private static final DomainLoader DOMAIN = loader -> AggregateTypes.of(new NotesDomain());

  private static WorkDirectory directory;
  private static KafkaProcess peerKafka;
  private static TcpProxy link;

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.of(DOMAIN);

  private PeerLog peer;

  @BeforeAll
  static void startPeer() {
    directory = WorkDirectory.create("peer");
    peerKafka = KafkaProcess.start(directory.resolve("kafka"));
    peerKafka.createTopic("republish.b", 1, Map.of());
    link = peerKafka.openProxy(0);
  }

  @AfterAll
  static void stopPeer() {
    link.close();
    peerKafka.close();
    directory.close();
  }

  @BeforeEach
  void openLog() {
    link.heal();
    peer = new PeerLog(peerKafka.bootstrapServers(), topic());
    region.option("regions.names", region.name() + ",b").option("regions.home", region.name());
  }

  @AfterEach
  void closeLog() {
    peer.close();
  }

  @Test
  void remoteCommitsEnterTheLogAndTheViewEachOnceWhateverCrashes() {
    region.start();
    startCrossRegion();
    for (var i = 1; i <= 30; i++) {
      peer.commit("Auto/" + i % 3, "" + i % 10);
      if (i == 15) {
        Await.until("the first half", () -> stored("b:5", "Auto/0"));
        region.killTaskManagers();
      }
    }
    Await.until("all commits in the log", () -> stored("b:10", "Auto/0", "Auto/1", "Auto/2"));
    Await.until("the view", () -> state("Auto/0").equals("3692581470"));

    var dots = new HashSet<String>();
    for (var row : region.stored()) {
      assertThat(dots.add(row.outcome().aggregate() + " " + row.outcome().dot())).isTrue();
    }
    assertThat(region.published()).hasSameSizeAs(region.stored());
  }

  @Test
  void aConflictIsShownInTopicAndTableAndSettledByACommitOnBoth() {
    region.start();
    startCrossRegion();
    handle("Hand/1", "x");
    peer.commit("Hand/1", "y");
    Await.until("an open conflict", () -> view("Hand/1") != null && view("Hand/1").conflict());
    Await.until("its row", () -> openConflicts().size() == 1);
    var open = openConflicts().get(0).record();
    assertThat(open.live()).extracting(version -> version.dot().toString()).contains("b:1");

    peer.commit("Hand/1", "z", new Dot(new RegionId(region.name()), 1), new Dot(B, 1));

    Await.until("the merged view", () -> state("Hand/1").endsWith("z"));
    Await.until("no open row", () -> openConflicts().isEmpty());
    assertThat(conflicts()).extracting(c -> c.status().text()).contains("opened", "resolved");
  }

  @Test
  void aJobThatStartsWhileItsPeerIsCutOffServesTheOthersAndCatchesUp() throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", peerKafka.bootstrapServers()))) {
      var more = NewPartitions.increaseTo(PeerLog.PARTITIONS + 1);
      admin.createPartitions(Map.of(topic(), more)).all().get();
    }
    link.cut();
    region.start();
    var job = startCrossRegion();
    handle("Auto/1", "x");
    Await.until("the own commit in the view", () -> state("Auto/1").equals("x"));
    for (var i = 0; i < 5; i++) {
      peer.commit("Auto/2", "" + i);
    }
    assertThat(state("Auto/2")).isEqualTo("none");

    link.heal();

    Await.until("the peer's commits", () -> state("Auto/2").equals("01234"));
    Await.until(
        "the partition that the options don't have",
        () -> job.metrics().getOrDefault("anabranch.region.b.partitionsNotRead", 0L) > 0);
    link.cut();
    peer.commit("Auto/2", "5");
    handle("Auto/1", "y");
    Await.until("the own commit during the cut", () -> state("Auto/1").equals("xy"));
    link.heal();
    Await.until("the last commit", () -> state("Auto/2").equals("012345"));
  }

  @Test
  void aHostileRecordGoesToTheDeadLettersAndTheOthersGoOn() {
    region.start();
    startCrossRegion();
    peer.send(
        new MessageRecord("Auto/1".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2}, List.of()),
        0);
    peer.commit("Auto/1", "x");

    Await.until("the commit", () -> state("Auto/1").equals("x"));
    Await.until("the dead letter", () -> region.deadLetters().size() == 1);
  }

  @Test
  void aJobWithoutACheckpointShowsWhatTheStoreHas() {
    region.start();
    var job = startCrossRegion();
    handle("Auto/1", "x");
    peer.commit("Auto/2", "y");
    Await.until("both", () -> state("Auto/1").equals("x") && state("Auto/2").equals("y"));
    job.kill();
    handle("Auto/1", "z");

    startCrossRegion();
    peer.commit("Auto/2", "w");

    Await.until("both", () -> state("Auto/1").equals("xz") && state("Auto/2").equals("yw"));
    assertThat(region.published()).hasSameSizeAs(region.stored());
  }

  @Test
  void aWrongNumberOfThePeersPartitionsIsRefused() {
    region.start();
    peer.commit("Auto/1", "x");
    var wrong = new HashMap<>(connections());
    wrong.put("peer.b.events-partitions", Integer.toString(PeerLog.PARTITIONS - 1));

    assertThatThrownBy(() -> region.startCrossRegion(wrong))
        .hasStackTraceContaining("peer.b.events-partitions says " + (PeerLog.PARTITIONS - 1));
  }

  private static final RegionId B = new RegionId("b");

  private String topic() {
    return "events-for-" + region.name();
  }

  private void handle(String aggregate, String text) {
    var type = aggregate.startsWith("Hand/") ? NotesDomain.HAND : NotesDomain.AUTO;
    var reply =
        region.handle(Command.of(type, aggregate.substring(aggregate.indexOf('/') + 1), text));
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  private boolean stored(String dot, String... aggregates) {
    var found = new HashSet<String>();
    for (var row : region.stored()) {
      if (String.valueOf(row.outcome().dot()).equals(dot)) {
        found.add(row.outcome().aggregate().toString());
      }
    }
    return found.containsAll(List.of(aggregates));
  }

  private String state(String aggregate) {
    var view = view(aggregate);
    if (view == null) {
      return "none";
    }
    var state = view.state();
    return state == null ? "?" : new String(state.data(), StandardCharsets.UTF_8);
  }

  private @Nullable AggregateView view(String aggregate) {
    AggregateView last = null;
    for (var message : region.messages("views." + region.name())) {
      var view = ViewWire.decode(message);
      if (view.aggregate().toString().equals(aggregate)) {
        last = view;
      }
    }
    return last;
  }

  private List<ConflictRecord> conflicts() {
    return region.messages("conflicts." + region.name()).stream()
        .map(ConflictWire::decode)
        .toList();
  }

  private List<ConflictTable.Row> openConflicts() {
    return ConflictTable.list(options().store().config(), true, 100);
  }

  private JobUnderTest startCrossRegion() {
    return region.startCrossRegion(connections());
  }

  private CrossRegionJobOptions options() {
    var settings = region.settings();
    settings.putAll(connections());
    return CrossRegionJobOptions.from(Settings.of(settings));
  }

  private Map<String, String> connections() {
    return Map.of(
        "peers",
        "b",
        "peer.b.bootstrap-servers",
        "127.0.0.1:" + link.port(),
        "peer.b.events-topic",
        topic(),
        "peer.b.events-partitions",
        Integer.toString(PeerLog.PARTITIONS),
        "hold.patience",
        "1 s");
  }
}

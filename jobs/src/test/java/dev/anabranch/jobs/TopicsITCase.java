package dev.anabranch.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.causality.RegionId;
import dev.anabranch.client.Command;
import dev.anabranch.connectors.kafka.source.CommandSource;
import dev.anabranch.embedded.LostEnd;
import dev.anabranch.jobs.checks.StartCheck;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.NotesDomain;
import dev.anabranch.jobs.region.OnceSender;
import dev.anabranch.jobs.region.PeerLog;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.ReplyStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Topics that are not what they were, under jobs that run and between starts. Every command and
 * every commit is sent once: what is not read has no row.
 */
class TopicsITCase {

  private static final RegionId B = new RegionId("b");
  private static final int PARTITIONS = 4;

  @RegisterExtension
  final RegionUnderTest region = RegionUnderTest.of(loader -> AggregateTypes.of(new NotesDomain()));

  private int sent;

  @BeforeEach
  void nameRegions() {
    region.option("regions.names", region.name() + ",b").option("regions.home", region.name());
  }

  @Test
  void noCommandIsLeftOutWhateverBecomesOfTheTopic() throws Exception {
    region.start();
    sendAndAwait(80);

    // Made anew under the job, longer than what was read of the one before.
    remake(commands(), PARTITIONS);
    sendAndAwait(200);

    // Made anew between two starts from a checkpoint: longer, then shorter.
    for (var count : List.of(400, 30)) {
      var checkpoint = region.job().checkpoint();
      region.job().kill();
      remake(commands(), PARTITIONS);
      send(count);
      var job = region.startFrom(checkpoint);
      awaitStored(sent);
      assertThat(job.sourceMetric("partitionsMadeAnew")).isEqualTo(PARTITIONS);
      assertThat(job.sourceMetric("recordsExpired")).isZero();
    }

    // Partitions are added, between two starts and under a job that has to start its tasks again.
    var checkpoint = region.job().checkpoint();
    region.job().kill();
    grow(commands(), 6);
    send(60);
    region.startFrom(checkpoint);
    awaitStored(sent);
    grow(commands(), 9);
    send(60);
    region.killTaskManagers();
    awaitStored(sent);

    // Records that are deleted unread are counted; the others come.
    checkpoint = region.job().checkpoint();
    region.job().kill();
    var before = ends(commands());
    send(200);
    var passedOver = deleteHalf(commands(), before);
    assertThat(passedOver).isBetween(90L, 100L);
    var job = region.startFrom(checkpoint);
    awaitStored(sent - (int) passedOver);
    assertThat(job.sourceMetric("recordsExpired")).isEqualTo(passedOver);
    assertThat(job.sourceMetric("partitionsMadeAnew")).isZero();
  }

  /** As after an unclean election: other records have the offsets of those that were read. */
  @Test
  void aPartitionOfCommandsThatLostItsEndAndIsLongerAgainIsReadFromWhereItHasOthers()
      throws Exception {
    region.start();
    sendAndAwait(40);
    var kept =
        LostEnd.keep(region.kafka(), region.kafkaDirectory(), new TopicPartition(commands(), 0));
    sendAndAwait(80);
    Await.until("the group behind all of them", () -> committed() == sent);
    var checkpoint = region.job().checkpoint();
    region.job().kill();
    kept.putBack(region.kafka());
    send(300);

    var job = region.startFrom(checkpoint);
    awaitStored(sent);
    assertThat(job.sourceMetric("partitionsCutShort")).isEqualTo(1);
    assertThat(job.sourceMetric("partitionsMadeAnew")).isZero();

    // The same without a checkpoint.
    Await.until("the group behind all that is there", () -> committed() == sum(ends(commands())));
    job.kill();
    kept.putBack(region.kafka());
    send(900);
    job = region.start();
    awaitStored(sent);
    assertThat(job.sourceMetric("partitionsCutShort")).isEqualTo(1);
  }

  @Test
  void partitionsThatAreAddedUnderARunningJobAreReadFromTheirFirstRecordOn() throws Exception {
    region.option("commands.partition-discovery", "1 s").start();
    sendAndAwait(20);
    grow(commands(), 9);
    send(90);
    assertThat(ends(commands()).values()).as("records by partition").allMatch(end -> end > 0);

    awaitStored(sent);
    assertThat(region.job().restarts()).isZero();
  }

  @Test
  void aReplyThatNamesATopicOfTheRuntimeGoesToTheRegionsOwnAndSaysWhy() throws Exception {
    region.option("replies.allowed-topics-pattern", ".*").start();
    var reserved =
        List.of(
                "commands.",
                "events.",
                "dead-letters.",
                "inbound.",
                "views.",
                "conflicts.",
                "republish.")
            .stream()
            .flatMap(prefix -> List.of(prefix + region.name(), prefix + B).stream())
            .toList();
    try (var once = region.once(1, 1)) {
      for (var topic : reserved) {
        once.send(Command.of(NotesDomain.AUTO, "n" + sent++, "x"), topic);
      }
      assertThat(once.acknowledged()).hasSize(reserved.size());
    }
    awaitStored(sent);

    Await.until("all replies", () -> region.messages("replies." + region.name()).size() == sent);
    for (var reply : region.messages("replies." + region.name())) {
      assertThat(reply.headers())
          .anySatisfy(
              header -> {
                assertThat(header.name()).isEqualTo("ab_reply_redirected");
                assertThat(new String(header.value(), UTF_8)).contains("is not among the allowed");
              });
    }
    assertThat(region.messages(commands())).hasSize(sent);
    assertThat(region.messages(inbound())).isEmpty();
    assertThat(region.deadLetters()).isEmpty();
    assertThat(region.job().restarts()).isZero();
  }

  @Test
  void aSubmissionThatFailedLeavesNoOffsetOfATopicThatIsGone() throws Exception {
    region.start();
    sendAndAwait(100);
    region.job().checkpoint();
    Await.until("the group behind all of them", () -> committed() == 100);
    region.job().kill();
    remake(commands(), PARTITIONS);

    // A submission that gets no further than its checks, then one that does.
    assertThat(StartCheck.run(options()).start()).isEqualTo(CommandSource.Start.EARLIEST);
    assertThat(StartCheck.run(options()).start()).isEqualTo(CommandSource.Start.COMMITTED);
    assertThat(committed()).isZero();
    send(250);
    region.start();

    awaitStored(350);
  }

  @Test
  void everyCommitOfAPeerComesWhateverBecomesOfItsTopicAndOfInbound() throws Exception {
    region.start();
    try (var peer = new PeerLog(region.kafka().bootstrapServers(), peerTopic())) {
      var merging = startCrossRegion();
      commit(peer, 40);
      awaitRemote(40);

      // The peer's topic, under the job, longer than what was read.
      remake(peerTopic(), PeerLog.PARTITIONS);
      commit(peer, 120);
      awaitRemote(160);

      // Inbound, under both jobs.
      remake(inbound(), PARTITIONS);
      commit(peer, 40);
      awaitRemote(200);

      // Inbound, with commits that nobody has read: given again by a job that begins anew.
      var checkpoint = region.job().checkpoint();
      region.job().kill();
      commit(peer, 40);
      Await.until("40 more in inbound", () -> region.messages(inbound()).size() >= 80);
      merging.kill();
      remake(inbound(), PARTITIONS);
      var job = region.startFrom(checkpoint);
      assertThat(remote()).isEqualTo(200);
      startCrossRegion();
      awaitRemote(240);
      assertThat(job.sourceMetric("partitionsMadeAnew")).isEqualTo(PARTITIONS);
    }
  }

  @Test
  void aTopicOfRepliesThatIsMadeAnewLeavesNoCommandWithoutAnAnswer() throws Exception {
    region.start();
    for (var i = 0; i < 20; i++) {
      region.handle(Command.of(NotesDomain.AUTO, "before" + i, "x"));
    }
    remake("replies." + region.name(), PARTITIONS);

    for (var i = 0; i < 5; i++) {
      var reply = region.handle(Command.of(NotesDomain.AUTO, "after" + i, "x"));
      assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    }
    assertThat(region.stored())
        .filteredOn(row -> row.outcome().kind() == RowKind.COMMIT)
        .hasSize(25);
  }

  // -- Commands and commits, once each.

  private void sendAndAwait(int count) {
    send(count);
    awaitStored(sent);
  }

  private void send(int count) {
    try (OnceSender once = region.once(1, 1)) {
      for (var i = 0; i < count; i++) {
        once.send(Command.of(NotesDomain.AUTO, "n" + sent++, "x"));
      }
      assertThat(once.acknowledged()).hasSize(count);
    }
  }

  /** Each command is of an aggregate of its own. */
  private void awaitStored(int count) {
    Await.until(
        count + " outcomes",
        () -> {
          var aggregates = new HashSet<String>();
          region.stored().forEach(row -> aggregates.add(row.outcome().aggregate().toString()));
          aggregates.removeIf(aggregate -> !aggregate.startsWith("Auto/n"));
          assertThat(aggregates.size()).isLessThanOrEqualTo(count);
          return aggregates.size() == count;
        });
  }

  private int committedToB;

  private void commit(PeerLog peer, int count) {
    for (var i = 0; i < count; i++) {
      peer.commit("Auto/p" + committedToB++ % 20, "y");
    }
  }

  private long remote() {
    return region.stored().stream()
        .map(row -> row.outcome().dot())
        .filter(dot -> dot != null && dot.origin().equals(B))
        .count();
  }

  private void awaitRemote(int count) {
    Await.until(count + " commits of b", () -> remote() == count);
  }

  // -- Topics.

  private String commands() {
    return "commands." + region.name();
  }

  private String inbound() {
    return "inbound." + region.name();
  }

  private String peerTopic() {
    return "events-of-b-for-" + region.name();
  }

  private void remake(String topic, int partitions) throws Exception {
    try (var admin = Admin.create(kafka())) {
      var config = admin.describeTopics(List.of(topic)).allTopicNames().get();
      assertThat(config).containsKey(topic);
      admin.deleteTopics(List.of(topic)).all().get();
      Await.until("no " + topic, () -> !admin.listTopics().names().get().contains(topic));
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
      // A broker leads a partition a moment after the controller has made it.
      Await.until("all of " + topic, () -> isLed(topic, partitions));
    }
  }

  private boolean isLed(String topic, int partitions) throws Exception {
    try {
      return ends(topic).size() == partitions;
    } catch (ExecutionException notYet) {
      return false;
    }
  }

  private void grow(String topic, int partitions) throws Exception {
    try (var admin = Admin.create(kafka())) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get();
      Await.until(
          partitions + " partitions",
          () ->
              admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                  .allMatch(found -> found.partitions().size() == partitions));
    }
  }

  private Map<TopicPartition, Long> ends(String topic) throws Exception {
    try (var admin = Admin.create(kafka())) {
      var asked = new HashMap<TopicPartition, OffsetSpec>();
      for (var found : admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
        found
            .partitions()
            .forEach(p -> asked.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
      }
      var ends =
          new TreeMap<TopicPartition, Long>(java.util.Comparator.comparing(Object::toString));
      admin.listOffsets(asked).all().get().forEach((place, end) -> ends.put(place, end.offset()));
      return ends;
    }
  }

  private static long sum(Map<TopicPartition, Long> ends) {
    return ends.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Of each partition's records behind these offsets. */
  private long deleteHalf(String topic, Map<TopicPartition, Long> before) throws Exception {
    var deleted = new HashMap<TopicPartition, RecordsToDelete>();
    var count = 0L;
    for (var end : ends(topic).entrySet()) {
      var from = before.getOrDefault(end.getKey(), 0L);
      var half = (end.getValue() - from) / 2;
      count += half;
      deleted.put(end.getKey(), RecordsToDelete.beforeOffset(from + half));
    }
    try (var admin = Admin.create(kafka())) {
      admin.deleteRecords(deleted).all().get();
    }
    return count;
  }

  private long committed() throws Exception {
    try (var admin = Admin.create(kafka())) {
      var group = options().commands().groupId();
      var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return new ArrayList<>(offsets.values()).stream().mapToLong(each -> each.offset()).sum();
    }
  }

  private CommandJobOptions options() {
    return CommandJobOptions.from(Settings.of(region.settings()));
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", region.kafka().bootstrapServers());
  }

  private JobUnderTest startCrossRegion() {
    return region.startCrossRegion(
        Map.of(
            "peers", "b",
            "peer.b.bootstrap-servers", region.kafka().bootstrapServers(),
            "peer.b.events-topic", peerTopic(),
            "peer.b.events-partitions", Integer.toString(PeerLog.PARTITIONS)));
  }
}

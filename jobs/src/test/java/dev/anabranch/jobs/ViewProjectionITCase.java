package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.client.Command;
import dev.anabranch.client.QueryClient;
import dev.anabranch.connectors.kafka.reader.KafkaViewLog;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.NotesDomain;
import dev.anabranch.jobs.region.PeerLog;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.MessageRecord;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.ProjectionsLoader;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.View;
import dev.anabranch.query.VersionId;
import dev.anabranch.testkit.query.InMemoryTables;
import dev.anabranch.wire.ViewWire;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A projection of merged views on real servers: of a cross-region job's, and of a test's own. */
class ViewProjectionITCase {

  private static final DomainLoader DOMAIN = loader -> AggregateTypes.of(new NotesDomain());
  private static final RegionId B = new RegionId("b");
  private static final VersionId V1 = new VersionId("notes", 1);
  private static final VersionId V2 = new VersionId("notes", 2);

  private static final QueryTable NOTES =
      QueryTable.named("notes")
          .key(Column.text("note", 128))
          .columns(
              Column.text("content", 500),
              Column.bool("conflict"),
              Column.integer("versions"),
              Column.text("revision", 200))
          .build();

  /** A row for each letter, so that a view may leave some out. */
  private static final QueryTable LETTERS =
      QueryTable.named("letters")
          .key(Column.text("note", 128), Column.integer("place"))
          .columns(Column.text("letter", 1))
          .build();

  private static final Projection PROJECTION = projection();

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.of(DOMAIN);
  private final ReadSide reads = new ReadSide(region, PROJECTION, new Notes());

  private record Notes() implements ProjectionsLoader {
    @Override
    public Projections load(ClassLoader userCode) {
      return Projections.of(() -> List.of(projection()));
    }
  }

  @SuppressWarnings("unchecked") // its states are texts
  private static Projection projection() {
    return Projection.named("notes")
        .tables(NOTES, LETTERS)
        .fromViews((AggregateType<String, String, ?>) NotesDomain.HAND, ViewProjectionITCase::rows)
        .build();
  }

  private static List<RowChange> rows(View<String> view) {
    var rows = new ArrayList<RowChange>();
    var state = view.state();
    rows.add(
        NOTES
            .row(view.aggregateId())
            .set("content", state)
            .set("conflict", view.conflict())
            .set("versions", (long) view.live().size())
            .set("revision", view.revision()));
    for (var i = 0; state != null && i < state.length(); i++) {
      rows.add(LETTERS.row(view.aggregateId(), i).set("letter", state.substring(i, i + 1)));
    }
    return rows;
  }

  @BeforeEach
  void nameRegions() {
    region.option("regions.names", region.name() + ",b").option("regions.home", region.name());
  }

  @Test
  void theViewsOfACrossRegionJobBecomeRowsWhateverIsRepeatedOrKilled() throws SQLException {
    region.start();
    try (var peer = new PeerLog(region.kafka().bootstrapServers(), peerTopic())) {
      var merging = startCrossRegion();
      var job = reads.start();
      handle("1", "x");
      peer.commit("Hand/1", "y");
      awaitRow("1", Map.of("conflict", true, "versions", 2L));
      var group = "anabranch.projection.notes.version.1.";
      Await.until("no lag", () -> Long.valueOf(0).equals(job.metrics().get(group + "lagCommits")));
      assertThat(job.metrics()).containsEntry(group + "lagSeconds", 0L);
      assertThat(job.metrics().get(group + "rowsApplied")).isPositive();
      for (var i = 0; i < 20; i++) {
        handle("own" + i % 4, "" + i % 10);
        peer.commit("Hand/theirs" + i % 3, "" + i % 10);
        if (i == 10) {
          region.killTaskManagers();
        }
      }
      awaitAllInViews();
      // One that begins anew shows every aggregate again, from its first commit on.
      merging.kill();
      startCrossRegion();
      job.kill();
      peer.commit("Hand/1", "z", new Dot(new RegionId(region.name()), 1), new Dot(B, 1));
      reads.start();
      assertThat(reads.tables().begin(PROJECTION)).isEqualTo(V2);
      awaitAllInViews();
    }
    awaitExact(V1);
    awaitExact(V2);
    awaitRow("1", Map.of("conflict", false, "versions", 1L));
    tokensOfTheLogAreRefused();
    assertThat(reads.status(V2).ofViews()).isTrue();

    reads.tables().switchTo(V2);
    reads.tables().drop(V1);
    assertThat(reads.tables().list()).hasSize(1);
    awaitExact(V2);
  }

  @Test
  void repeatsOrderAndLostConnectionsDoNotShow() throws Exception {
    region.start();
    assertThatThrownBy(() -> reads.graph(null))
        .hasMessageContaining("topic " + viewsTopic() + " does not exist")
        .hasMessageContaining("cross-region job");
    createTopic("delete-" + region.name(), "delete");
    assertThatThrownBy(
            () ->
                new ReadSide(region, PROJECTION, new Notes())
                    .option("views.topic", "delete-" + region.name())
                    .graph(null))
        .hasMessageContaining("set it to compact");
    createTopic(viewsTopic(), "compact");
    try (var views = new Views()) {
      views.send("a", "one", 1, 0);
      views.send("b", "some", 1, 0);
      var job = reads.start();
      awaitRow("a", Map.of("content", "one"));
      views.send("a", "longer", 2, 0);
      views.sendNothing();
      views.send("a", "one", 1, 0);
      views.send("a", "aside", 0, 3);
      for (var request : List.of("insert into projection_view", "delete from `letters", "commit")) {
        var before = reads.proxy().droppedResponses();
        reads.proxy().dropResponseTo(request);
        views.send("b", "after " + request.length(), views.next(), 0);
        Await.until("a cut at " + request, () -> reads.proxy().droppedResponses() > before);
        reads.proxy().heal();
      }
      job.kill();
      views.send("b", "b", views.next(), 0);
      views.send("a", "s", 2, 3);
      reads.start();
      awaitRow("a", Map.of("content", "s"));
      var last = views.next();
      views.send("b", "", last, 1);
      views.send("b", "old", 2, 0);
      views.send("c", "last", 1, 0);
      awaitRow("c", Map.of("content", "last"));
      awaitRow("b", Map.of("content", ""));
    }
    var letters = new TreeMap<String, String>();
    reads
        .rows(LETTERS, "letters")
        .values()
        .forEach(
            row -> letters.merge("" + row.get("note"), "" + row.get("letter"), String::concat));
    assertThat(letters).containsOnly(Map.entry("a", "s"), Map.entry("c", "last"));

    assertThat(reads.tables().begin(PROJECTION)).isEqualTo(V2);
    Await.until("version 2", () -> table(LETTERS, V2).equals(table(LETTERS, V1)));
    assertThat(table(NOTES, V2)).isEqualTo(table(NOTES, V1));
  }

  @Test
  void everyViewIsShownWhateverBecomesOfTheTopic() throws Exception {
    region.start();
    createTopic(viewsTopic(), "compact");
    send(1, 30, "x", 1);
    var job = reads.start();
    awaitShown("x", 30);

    // Partitions are added: new aggregates, and newer views of those before, may come to them.
    try (var admin = Admin.create(kafka())) {
      admin.createPartitions(Map.of(viewsTopic(), NewPartitions.increaseTo(12))).all().get();
    }
    send(31, 90, "y", 1);
    send(1, 30, "y", 2);
    awaitShown("y", 90);

    // Made anew under the job, and longer than what was read of the one before.
    makeAnew();
    send(91, 290, "z", 1);
    awaitShown("z", 200);
    assertThat(shown("y")).isEqualTo(90);
    assertThat(counted(job, "partitionsMadeAnew")).isBetween(1L, 3L);
    job.kill();

    // Made anew between two starts; then records are deleted before they are read.
    makeAnew();
    send(291, 490, "a", 1);
    job = reads.start();
    awaitShown("a", 200);
    assertThat(counted(job, "partitionsMadeAnew")).isEqualTo(3);
    job.kill();
    var ends = ends();
    send(491, 690, "b", 1);
    var deleted = new HashMap<TopicPartition, RecordsToDelete>();
    var passedOver = 0L;
    for (var end : ends().entrySet()) {
      var before = (end.getValue() - ends.getOrDefault(end.getKey(), 0L)) / 2;
      passedOver += before;
      deleted.put(
          new TopicPartition(viewsTopic(), end.getKey()),
          RecordsToDelete.beforeOffset(ends.getOrDefault(end.getKey(), 0L) + before));
    }
    try (var admin = Admin.create(kafka())) {
      policy(admin, "delete");
      admin.deleteRecords(deleted).all().get();
      policy(admin, "compact");
    }
    job = reads.start();
    awaitShown("b", 200 - (int) passedOver);
    assertThat(counted(job, "recordsExpired")).isEqualTo(passedOver);
    assertThat(reads.status(V1).topics().values()).hasSize(12);
  }

  private void policy(Admin admin, String policy) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, viewsTopic());
    var entry = new ConfigEntry("cleanup.policy", policy);
    var change = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
  }

  private void makeAnew() throws Exception {
    try (var admin = Admin.create(kafka())) {
      admin.deleteTopics(List.of(viewsTopic())).all().get();
      Await.until(
          "a topic that is gone", () -> !admin.listTopics().names().get().contains(viewsTopic()));
    }
    createTopic(viewsTopic(), "compact");
  }

  private Map<Integer, Long> ends() {
    var kafka = KafkaConnection.to(region.kafka().bootstrapServers());
    return new KafkaViewLog(kafka, viewsTopic()).ends(List.of(0, 1, 2));
  }

  private void send(int from, int to, String state, long own) throws Exception {
    try (var views = new Views()) {
      for (var i = from; i <= to; i++) {
        views.send("n" + i, state, own, 0);
      }
    }
  }

  private long counted(JobUnderTest job, String metric) {
    return job.metrics().getOrDefault("anabranch.projection.notes.version.1." + metric, -1L);
  }

  private int shown(String state) throws SQLException {
    return (int)
        reads.rows(NOTES, "notes").values().stream()
            .filter(row -> state.equals(row.get("content")))
            .count();
  }

  private void awaitShown(String state, int count) {
    Await.until(count + " notes with " + state, () -> shown(state) == count);
  }

  /** A view has no place in the log: whoever waits for one is told at once. */
  private void tokensOfTheLogAreRefused() {
    var token = region.handle(Command.of(NotesDomain.HAND, "token", "x")).backing();
    awaitAllInViews();
    try (var queries = QueryClient.of(reads.dataSource())) {
      assertThatThrownBy(() -> queries.awaitProjected(token, "notes", Duration.ofSeconds(60)))
          .hasMessageContaining("follows merged views");
    }
  }

  // -- What is expected.

  /** Waits until each commit of the log is in the last view of its aggregate. */
  private void awaitAllInViews() {
    Await.until(
        "all commits in the views",
        () -> {
          var commits = new HashMap<AggregateKey, Long>();
          region.stored().forEach(row -> commits.merge(row.outcome().aggregate(), 1L, Long::sum));
          var views = lastViews();
          return commits.entrySet().stream()
              .allMatch(
                  entry -> {
                    var view = views.get(entry.getKey());
                    return view != null
                        && view.revision().get(new RegionId(region.name())) + view.revision().get(B)
                            == entry.getValue();
                  });
        });
  }

  private void awaitExact(VersionId version) {
    var expected = new InMemoryTables();
    lastViews().values().forEach(view -> expected.apply(PROJECTION.changes(view.forProjections())));
    Await.until(
        version + " as the last views",
        () ->
            table(NOTES, version).equals(new TreeMap<>(expected.rows(NOTES)))
                && table(LETTERS, version).equals(new TreeMap<>(expected.rows(LETTERS))));
  }

  private Map<AggregateKey, AggregateView> lastViews() {
    var views = new LinkedHashMap<AggregateKey, AggregateView>();
    for (var message : region.messages(viewsTopic())) {
      var view = ViewWire.decode(message);
      views.merge(
          view.aggregate(),
          view,
          (one, other) -> one.revision().isBeforeOrEqual(other.revision()) ? other : one);
    }
    return views;
  }

  private Map<RowChange.RowId, Map<String, @Nullable Object>> table(
      QueryTable table, VersionId version) throws SQLException {
    return reads.rows(table, table.name() + "_v" + version.version());
  }

  private void awaitRow(String note, Map<String, Object> expected) {
    Await.until(
        "note " + note + " with " + expected,
        () -> {
          var row = reads.rows(NOTES, "notes").get(NOTES.row(note).id());
          return row != null && row.entrySet().containsAll(expected.entrySet());
        });
  }

  // -- What happens.

  private void handle(String id, String text) {
    var reply = region.handle(Command.of(NotesDomain.HAND, id, text));
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  private String peerTopic() {
    return "events-of-b-for-" + region.name();
  }

  private String viewsTopic() {
    return "views." + region.name();
  }

  private JobUnderTest startCrossRegion() {
    return region.startCrossRegion(
        Map.of(
            "peers", "b",
            "peer.b.bootstrap-servers", region.kafka().bootstrapServers(),
            "peer.b.events-topic", peerTopic(),
            "peer.b.events-partitions", Integer.toString(PeerLog.PARTITIONS)));
  }

  private void createTopic(String name, String policy) throws Exception {
    try (var admin = Admin.create(kafka())) {
      var topic = new NewTopic(name, 3, (short) 1).configs(Map.of("cleanup.policy", policy));
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  private Properties kafka() {
    var settings = new Properties();
    settings.setProperty("bootstrap.servers", region.kafka().bootstrapServers());
    // Else a leader that is new takes the second request and refuses the first (ADR 21).
    settings.setProperty("max.in.flight.requests.per.connection", "1");
    return settings;
  }

  /** Views as a cross-region job writes them. */
  private final class Views implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer());
    private long next = 2;

    long next() {
      return next++;
    }

    void send(String id, String state, long own, long other) throws Exception {
      var revision = VectorTime.ZERO.with(new RegionId(region.name()), own).with(B, other);
      send(
          ViewWire.encode(
              new AggregateView(
                  region.name(),
                  new AggregateKey("Hand", id),
                  revision,
                  1,
                  new EncodedMessage("text", 1, state.getBytes(StandardCharsets.UTF_8)),
                  "text/plain",
                  false,
                  List.of(),
                  List.of(),
                  "")));
    }

    /** Something that is no view. */
    void sendNothing() throws Exception {
      send(new MessageRecord(new byte[] {1}, new byte[] {2}, List.of()));
    }

    private void send(MessageRecord message) throws Exception {
      var record = new ProducerRecord<byte[], byte[]>(viewsTopic(), message.key(), message.value());
      message.headers().forEach(header -> record.headers().add(header.name(), header.value()));
      var unused = producer.send(record).get();
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}

package dev.anabranch.jobs;

import static dev.anabranch.jobs.region.RegionUnderTest.purseCommand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.NotProjectedException;
import dev.anabranch.client.QueryClient;
import dev.anabranch.connectors.kafka.reader.EventTopicReader;
import dev.anabranch.connectors.kafka.reader.KafkaPublishedLog;
import dev.anabranch.connectors.kafka.sink.LossAnnouncer;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.ProjectionLosses;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.jobs.config.Settings;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.region.Await;
import dev.anabranch.jobs.region.JobUnderTest;
import dev.anabranch.jobs.region.PurseReadModel;
import dev.anabranch.jobs.region.ReadSide;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.model.ForgottenRows;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandReply.Backing;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.query.VersionId;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.wire.EventWire;
import dev.anabranch.wire.ForgetWire;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that has lost acknowledged rows, as a replica that lagged, with a real Kafka. */
class LostRowsITCase {

  private static final String REFUSED = "lost acknowledged rows";

  @RegisterExtension final RegionUnderTest region = RegionUnderTest.ofPurses();

  private LogPosition lost = new LogPosition(0, 0);
  private String before = "";

  /** A checkpoint, then a row that is answered, published, and not in the database any more. */
  @BeforeEach
  void loseARow() throws Exception {
    region.option("flink.execution.checkpointing.interval", "1 h").start();
    lose();
  }

  private void lose() throws Exception {
    lose(() -> {});
  }

  /** The row is lost after others have seen it. */
  private void lose(Runnable seen) throws Exception {
    var kept = region.handle("Purse/a", "deposit 5").backing().position();
    before = region.job().checkpoint();
    Await.until("a bookmark", () -> ask(kept, s -> !s.bookmarks(List.of(kept.shard())).isEmpty()));
    lost = region.handle("Purse/a", "gift").backing().position();
    Await.until(
        "the row to be published",
        // In a transaction too, which no reader of committed records sees yet.
        () -> shows(lost));
    seen.run();
    execute(
        "DELETE FROM event_log WHERE shard = %d AND shard_offset >= %d"
            .formatted(lost.shard(), lost.offset()));
  }

  @Test
  void theJobFailsOnceAndIsNotStartedAgain() throws Exception {
    region.databaseProxy(databaseOf(lost)).cut();
    region.databaseProxy(databaseOf(lost)).heal();
    var unused = region.send(purseCommand("Purse/a", "deposit 7"));

    awaitRefusal(region.job());

    assertThat(region.job().restarts()).isZero();
    assertThat(publishedAtTheLostOffset()).hasSize(1);
    refusedByHand(before);
    refusedByHand(null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void aStartByHandIsRefusedByTheEventsTopicAlone(String delivery) throws Exception {
    if (delivery.equals("exactly-once")) {
      region.job().kill();
      accept(lost);
      region.option("events.delivery", delivery).start();
      lose();
    }
    region.job().kill();

    refusedByHand(before);
    execute("DELETE FROM shard_missing");
    refusedByHand(null);

    assertThat(publishedAtTheLostOffset()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void whereTheTopicWasMadeAnewTheStartSaysWhatItCouldNotCompare() throws Exception {
    region.job().kill();
    try (var admin = Admin.create(kafka().toProperties())) {
      admin.deleteTopics(List.of("events." + region.name())).all().get();
    }

    var job = region.start();

    Await.until("shards to be named", () -> unchecked(job) > 0);
    assertThat(region.handle("Purse/a", "deposit 7").status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  @Test
  void whatAPersonHasAcceptedIsForgottenByStartsAndReaders() throws Exception {
    region.job().kill();
    refusedByHand(null);

    accept(lost);
    var job = region.start();

    assertThat(region.handle("Purse/a", "deposit 7").status()).isEqualTo(ReplyStatus.ACCEPTED);
    job.checkpoint();
    job.kill();
    region.start();
    assertThat(region.handle("Purse/a", "deposit 8").status()).isEqualTo(ReplyStatus.ACCEPTED);
    region.job().checkpoint();
    assertThat(region.published()).as("a reader that was not told").hasSize(region.stored().size());
    assertThat(topicWithoutLosses()).isEqualTo(writersOf(region.stored()));
  }

  @Test
  void aProjectionThatHasAppliedTheLostRowStandsStillUntilItIsRebuilt() throws Exception {
    var reads = new ReadSide(region, PurseReadModel.projection(1));
    var shown = new VersionId("purses", 1);
    region.job().kill();
    accept(lost);
    region.start();
    var job = region.submitBeside(reads.graph(null));
    job.awaitRunning();
    lose(() -> reads.awaitEnd(shown));
    Await.until("the version to be marked", () -> !reads.status(shown).lost().isEmpty());
    assertThat(reads.status(shown).lost().get(0).position()).isEqualTo(lost);
    assertThat(job.restarts()).isZero();
    try (var queries = QueryClient.of(reads.dataSource())) {
      var token = new Backing(region.name(), lost, "");
      assertThatThrownBy(() -> queries.awaitProjected(token, "purses", Duration.ofSeconds(20)))
          .isInstanceOf(NotProjectedException.class)
          .hasMessageContaining("the event store lost rows: it has applied row " + lost);
      region.job().kill();
      refusedByHand(before);

      accept(lost);
      assertThat(
              new ProjectionLosses(
                      reads.options().query().config(), QueryOwner.of(store().layout()))
                  .giveUp(lost.shard(), lost.offset(), "given up"))
          .containsExactly(shown);
      region.start();
      var reply = region.handle("Purse/a", "deposit 7");
      var rebuilt = reads.tables().begin(PurseReadModel.projection(1));
      job.kill();
      job = region.submitBeside(reads.graph(null));
      reads.awaitEnd(rebuilt);
      reads.assertExact(rebuilt);
      assertThat(reads.status(rebuilt).lost()).isEmpty();
      assertThat(reads.status(shown).lost()).as("it keeps what is lost").hasSize(1);
      reads.tables().switchTo(rebuilt);
      queries.awaitProjected(reply.backing(), "purses", Duration.ofSeconds(20));
    }
    job.kill();
    reads.tables().drop(shown);
    assertThat(reads.tables().list()).hasSize(1);
  }

  private List<Long> topicWithoutLosses() {
    try (var store = store();
        var session = store.open(store.layout().databaseOf(lost.shard()))) {
      var rows = new ArrayList<LogRow>();
      var reader = new EventTopicReader(kafka(), "events." + region.name(), store.layout());
      var result = reader.forgetting(session.acceptedLosses()).read(rows::add);
      assertThat(result.isClean()).isTrue();
      assertThat(result.forgotten()).isPositive();
      assertThat(reader.read(row -> {}).problems())
          .as("without the decision, the repeat under one offset is a problem")
          .isNotEmpty();
      return writersOf(rows);
    }
  }

  private static List<Long> writersOf(List<LogRow> rows) {
    return rows.stream().map(row -> row.outcome().stamp().writer()).toList();
  }

  private boolean shows(LogPosition position) {
    var from = new HashMap<Integer, @Nullable LogBookmark>();
    try (var store = store();
        var topic =
            new KafkaPublishedLog(kafka(), "events." + region.name(), region.name()).open()) {
      from.put(store.layout().partitionOf(position.shard()), null);
      var head = topic.read(from, List.of()).heads().get(position.shard());
      return head != null && head.offset() == position.offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static long unchecked(JobUnderTest job) {
    return job.metrics().getOrDefault("anabranch.shardsUnchecked", 0L);
  }

  private void refusedByHand(@Nullable String checkpoint) {
    awaitRefusal(region.submit(checkpoint, Map.of()));
  }

  private static void awaitRefusal(JobUnderTest job) {
    job.awaitFailure(REFUSED);
    Await.until("the job to be over", () -> job.status() == JobStatus.FAILED);
  }

  private List<Long> publishedAtTheLostOffset() {
    return region.messages("events." + region.name()).stream()
        .filter(message -> !ForgetWire.isForget(message))
        .map(message -> EventWire.decode(message).row())
        .filter(row -> row.position().equals(lost))
        .map(row -> row.outcome().stamp().writer())
        .distinct()
        .toList();
  }

  /** What 'anabranch region accept-loss' does once it has found sense in it. */
  private void accept(LogPosition from) {
    try (var store = store();
        var session = store.open(store.layout().databaseOf(from.shard()));
        var announcer = new LossAnnouncer(kafka(), "events." + region.name(), store.layout())) {
      var now = System.currentTimeMillis() * 1_000;
      var until = from.offset() + 1;
      var end =
          announcer.announce(
              new ForgottenRows(
                  region.name(), from.shard(), from.offset(), until, now, "kim", "disk gone"));
      session.acceptLoss(
          new AcceptedLoss(from.shard(), from.offset(), until, end, "kim", "disk gone", now));
    }
  }

  private KafkaConnection kafka() {
    return KafkaConnection.to(region.kafka().bootstrapServers());
  }

  private EventStore store() {
    return new MySqlEventStoreFactory(
            CommandJobOptions.from(Settings.of(region.settings())).store().config())
        .open();
  }

  private <T> T ask(LogPosition of, Function<LogSession, T> question) {
    try (var store = store();
        var session = store.open(store.layout().databaseOf(of.shard()))) {
      return question.apply(session);
    }
  }

  private int databaseOf(LogPosition position) {
    try (var store = store()) {
      return store.layout().databaseOf(position.shard());
    }
  }

  private void execute(String sql) throws SQLException {
    var database = region.database(databaseOf(lost));
    try (var connection =
            DriverManager.getConnection(
                database.jdbcUrl("region_" + region.name()), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}

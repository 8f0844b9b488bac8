package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicCheckITCase {

  private static final NewTopics NEW = NewTopics.withCommandPartitions(8);

  private static TestBroker broker;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everythingThatIsMissingIsReportedAtOnceWithItsRemedy() {
    var report = TopicCheck.run(broker.connection(), plan("no", 4, null));

    assertThat(report.problems())
        .hasSize(4)
        .allSatisfy(problem -> assertThat(problem).contains("it does not exist"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("topic no.events: ")
                    .contains("--create --topic no.events --partitions 4")
                    .contains("--config cleanup.policy=delete"));
    assertThat(report.created()).isEmpty();
    assertThatThrownBy(report::orThrow)
        .hasMessageContaining("\n- topic no.commands: ")
        .hasMessageContaining("\n- topic no.dead: ");
  }

  @Test
  void missingTopicsAreCreatedAsTheJobNeedsThem() {
    var report = TopicCheck.run(broker.connection(), plan("new", 4, NEW)).orThrow();

    assertThat(report.created())
        .containsExactly("new.commands", "new.events", "new.replies", "new.dead");
    assertThat(report.warnings()).isEmpty();
    assertThat(report.facts())
        .anySatisfy(
            fact ->
                assertThat(fact)
                    .startsWith("topic new.events: 4 partitions, replication factor 1")
                    .endsWith("retention.ms -1"));
    assertThat(report.deadLetterMaxBytes()).isEqualTo((1 << 20) + 12 + (64 << 10));

    var again = TopicCheck.run(broker.connection(), plan("new", 4, null)).orThrow();
    assertThat(again.created()).isEmpty();
    assertThat(again.warnings()).isEmpty();
  }

  @Test
  void whatIsWrongIsReportedAtOnceWithFoundAndNeeded() {
    broker.createTopic("bad.commands", 2);
    broker
        .kafka()
        .createTopic(
            "bad.events", 3, Map.of("cleanup.policy", "compact", "max.message.bytes", "1000"));
    broker.kafka().createTopic("bad.replies", 1, Map.of("max.message.bytes", "2000"));
    broker.createTopic("bad.dead", 1);

    var report = TopicCheck.run(broker.connection(), plan("bad", 4, null));

    assertThat(report.problems())
        .hasSize(4)
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("topic bad.events: it has 3 partitions, needed are 4")
                    .contains("--alter --topic bad.events --partitions 4"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.events: cleanup.policy is compact, needed is delete"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.events: max.message.bytes is 1000, needed are 500000")
                    .contains("--entity-name bad.events --add-config max.message.bytes=500000"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("bad.replies: max.message.bytes is 2000, needed are 400000"));
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .contains("bad.dead: max.message.bytes is 1048588, needed are 1114124")
        .contains("larger dead letters will be cut");
    assertThat(report.deadLetterMaxBytes()).isEqualTo(1048588);
  }

  @Test
  void tooManyPartitionsOfEventsCanNotBeTakenAway() {
    TopicCheck.run(broker.connection(), plan("many", 6, NEW)).orThrow();

    assertThat(TopicCheck.run(broker.connection(), plan("many", 4, null)).problems())
        .singleElement()
        .asString()
        .contains("it has 6 partitions, needed are 4")
        .contains("anabranch events republish");
  }

  @Test
  void aTransactionTimeoutAboveTheBrokersIsReported() {
    var tooLong = Duration.ofHours(1);

    var report =
        TopicCheck.run(
            broker.connection(),
            new TopicCheck.Plan(
                List.of("tx.commands"),
                "tx.events",
                4,
                500_000,
                "tx.replies",
                400_000,
                "tx.dead",
                tooLong,
                NEW));

    assertThat(report.problems())
        .singleElement()
        .asString()
        .contains("transaction.max.timeout.ms is 900000, needed are 3600000");
  }

  @Test
  void aBrokerThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                TopicAdmin.open(KafkaConnection.to("127.0.0.1:1"), Duration.ofSeconds(1))
                    .describe("x"))
        .hasMessageContaining("127.0.0.1:1 did not answer within 1 seconds");
  }

  private static TopicCheck.Plan plan(String prefix, int eventsPartitions, NewTopics create) {
    return new TopicCheck.Plan(
        List.of(prefix + ".commands"),
        prefix + ".events",
        eventsPartitions,
        500_000,
        prefix + ".replies",
        400_000,
        prefix + ".dead",
        null,
        create);
  }
}

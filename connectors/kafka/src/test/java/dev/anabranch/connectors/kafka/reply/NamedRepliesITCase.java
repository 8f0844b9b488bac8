package dev.anabranch.connectors.kafka.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.TestBroker;
import dev.anabranch.connectors.kafka.TestMessages;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.ReplyTarget;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drives {@link NamedReplies} as the task does, while topics and broker go away. */
class NamedRepliesITCase {

  private static final Duration SETTLE = Duration.ofMillis(250);

  /** Far below every timeout of Kafka's clients, far above a pause of a busy machine. */
  private static final Duration AT_ONCE = Duration.ofMillis(1_500);

  private static TestBroker broker;

  private final Queue<String> reasons = new ConcurrentLinkedQueue<>();
  private final Semaphore returned = new Semaphore(0);
  private TopicDirectory directory;
  private NamedReplies replies;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void open() {
    var options =
        ReplySink.Options.of(broker.connection(), "default")
            .withTopicRefresh(Duration.ofSeconds(5));
    directory = TopicDirectory.open(broker.connection());
    replies =
        new NamedReplies(
            options,
            directory,
            (reply, reason) -> {
              reasons.add(reason);
              returned.release();
            });
  }

  @AfterEach
  void close() throws Exception {
    replies.close();
    directory.close();
  }

  @Test
  void aTopicDeletedWhileInUseStallsNobody() throws Exception {
    broker.createTopic("deleted", 1);
    broker.createTopic("healthy", 1);
    offer("deleted");
    offer("healthy");
    assertThat(broker.read("deleted", 1)).hasSize(1);

    try (var admin = Admin.create(broker.connection().toProperties())) {
      admin.deleteTopics(List.of("deleted")).all().get(30, TimeUnit.SECONDS);
    }
    for (var i = 0; i < 100; i++) {
      offer("deleted");
      offer("healthy");
    }
    settle();

    assertThat(returned.tryAcquire(100, 60, TimeUnit.SECONDS)).isTrue();
    assertThat(broker.read("healthy", 101)).hasSizeGreaterThanOrEqualTo(101);
    settle();
  }

  @Test
  void aBrokerThatIsAwayStallsNobodyAndRepliesGoOnAfterwards() throws Exception {
    broker.createTopic("restarted", 1);
    offer("restarted");
    assertThat(broker.read("restarted", 1)).hasSize(1);

    broker.kafka().stop();
    offer("restarted");
    settle();
    assertThat(returned.tryAcquire(1, 10, TimeUnit.SECONDS)).isTrue();
    assertThat(reasons).singleElement().asString().contains("did not acknowledge it in time");
    broker.kafka().restart();

    // The one given back is still tried as well.
    assertThat(broker.read("restarted", 2)).hasSize(2);
    offer("restarted");
    assertThat(broker.read("restarted", 3)).hasSize(3);
  }

  @Test
  void whatIsTooMuchIsRefusedAtOnce() throws Exception {
    broker.createTopic("flooded", 1);
    broker.kafka().stop();
    try {
      String refusal = null;
      for (var i = 0; i < 20_000 && refusal == null; i++) {
        refusal = replies.offer("flooded", TestMessages.reply("c", ReplyTarget.DEFAULT));
      }
      assertThat(refusal).isEqualTo("too many replies to named topics are under way");
      settle();
      assertThat(returned.tryAcquire(10_000, 30, TimeUnit.SECONDS)).isTrue();
      assertThat(replies.offer("flooded", TestMessages.reply("c", ReplyTarget.DEFAULT))).isNull();
    } finally {
      broker.kafka().restart();
    }
  }

  private void offer(String topic) {
    var start = System.nanoTime();
    assertThat(replies.offer(topic, TestMessages.reply("c", ReplyTarget.DEFAULT))).isNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
  }

  private void settle() throws InterruptedException {
    var start = System.nanoTime();
    replies.settle(SETTLE);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
  }
}

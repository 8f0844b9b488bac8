package dev.anabranch.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.kafka.TestJobs.Running;
import dev.anabranch.connectors.kafka.sink.ReplicationSinks;
import dev.anabranch.connectors.kafka.source.PublishedLogSource;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.embedded.SecuredKafka;
import dev.anabranch.embedded.WorkDirectory;
import dev.anabranch.serde.CommandRecordTypeInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job reads its own log and that of a peer whose Kafka asks for a login; no restart is allowed.
 * What the peer refuses must hold up the peer's records only.
 */
class RefusedReaderITCase {

  private static final String USER = "reader";
  private static final String PASSWORD = "p4ssw0rd-p4ssw0rd";

  private static WorkDirectory directory;
  private static SecuredKafka peer;
  private static TestBroker own;
  private static int tests;

  @TempDir private Path checkpoints;
  private final String log = "log-" + ++tests;
  private final String out = "out-" + tests;

  @BeforeAll
  static void start() {
    directory = WorkDirectory.create("refused");
    peer = SecuredKafka.start(directory.path());
    own = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    own.close();
    peer.close();
    directory.close();
  }

  @BeforeEach
  void createTopics() {
    peer.broker().createTopic(log, 2, Map.of());
    own.createTopic(log, 2);
    own.createTopic(out, 1);
  }

  @Test
  void whatMayNotBeReadIsReadOnceItMay() throws Exception {
    peer.setPassword(USER, PASSWORD);
    peer.revoke(USER, ResourceType.TOPIC, log);
    sendToPeer("p1");
    sendToOwn("o1");
    try (var job = Running.start(job())) {
      awaitRead("o1");
      job.assertRuns();

      peer.grant(USER, ResourceType.TOPIC, log, AclOperation.READ);
      awaitRead("o1", "p1");

      peer.revoke(USER, ResourceType.TOPIC, log);
      // A request that was under way may still be answered with it.
      sendToPeer("p2");
      sendToOwn("o2");
      awaitRead("o1", "o2", "p1");
      sendToPeer("p3");
      job.assertRuns();

      peer.grant(USER, ResourceType.TOPIC, log, AclOperation.READ);
      awaitRead("o1", "o2", "p1", "p2", "p3");
      job.assertRuns();
    }
    assertThat(read()).as("each once").hasSize(5);
  }

  @Test
  void aLoginThatIsRefusedAtTheStartIsTriedAgain() throws Exception {
    peer.setPassword(USER, "another-" + PASSWORD);
    peer.grant(USER, ResourceType.TOPIC, log, AclOperation.READ);
    sendToPeer("p1");
    sendToOwn("o1");
    try (var job = Running.start(job())) {
      awaitRead("o1");
      job.assertRuns();

      peer.setPassword(USER, PASSWORD);
      awaitRead("o1", "p1");
      job.assertRuns();
    }
  }

  @Test
  void aJobEndsWhileItsLoginIsRefused() throws Exception {
    peer.setPassword(USER, "another-" + PASSWORD);
    sendToOwn("o1");
    var job = Running.start(job());
    awaitRead("o1");
    job.close();
    assertThat(job.client().getJobExecutionResult()).failsWithin(java.time.Duration.ofSeconds(30));
  }

  private StreamExecutionEnvironment job() throws Exception {
    var env = TestJobs.environment(checkpoints, 0);
    var peerConnection = new KafkaConnection(peer.bootstrapServers(), peer.login(USER, PASSWORD));
    var peerLog =
        env.fromSource(
            PublishedLogSource.of(peerConnection, log, 2, "reads-peer"),
            WatermarkStrategy.noWatermarks(),
            "peer",
            CommandRecordTypeInfo.INSTANCE);
    env.fromSource(
            PublishedLogSource.of(own.connection(), log, 2, "reads-own"),
            WatermarkStrategy.noWatermarks(),
            "own",
            CommandRecordTypeInfo.INSTANCE)
        .union(peerLog)
        .sinkTo(ReplicationSinks.requests(own.connection(), out));
    return env;
  }

  private void sendToOwn(String text) {
    own.send(record(text));
    own.flush();
  }

  private void sendToPeer(String text) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", peer.broker().bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var unused = producer.send(record(text)).get();
    }
  }

  private ProducerRecord<byte[], byte[]> record(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(log, bytes, bytes);
  }

  private void awaitRead(String... atLeast) {
    var unused =
        own.readUntil(
            out, found -> texts(found.stream().map(r -> r.value())).containsAll(List.of(atLeast)));
  }

  private List<String> read() {
    return texts(own.read(out, 5).stream().map(r -> r.value()));
  }

  private static List<String> texts(Stream<byte[]> values) {
    return values.map(value -> new String(value, StandardCharsets.UTF_8)).toList();
  }
}

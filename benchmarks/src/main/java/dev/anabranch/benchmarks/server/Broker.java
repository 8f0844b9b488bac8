package dev.anabranch.benchmarks.server;

import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.embedded.KafkaBrokerConfig;
import dev.anabranch.embedded.KafkaProcess;
import dev.anabranch.embedded.network.TcpProxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The Kafka broker of a run, in a process of its own, so that its CPU can be told from ours. */
public final class Broker implements AutoCloseable {

  public static final int PARTITIONS = 4;
  public static final String BACKLOG = "commands.backlog";

  private static final int HEAP_MEGABYTES = 768;

  /** A dead letter holds the largest command and its reason. */
  private static final int MAX_RECORD_BYTES = 2 << 20;

  private final KafkaProcess process;
  private final Admin admin;
  private final Map<String, Integer> partitions = new HashMap<>();
  private int backlog;
  private @Nullable TcpProxy link;

  private Broker(KafkaProcess process) {
    this.process = process;
    this.admin = Admin.create(Map.of("bootstrap.servers", process.bootstrapServers()));
  }

  static Broker start(Path directory) {
    return new Broker(
        KafkaProcess.start(
            KafkaBrokerConfig.in(directory).withHeapMegabytes(HEAP_MEGABYTES).withProxies(1)));
  }

  public String bootstrapServers() {
    return process.bootstrapServers();
  }

  long pid() {
    return process.pid();
  }

  /** A way to it that can be cut. */
  public TcpProxy link() {
    var opened = link;
    if (opened == null) {
      opened = process.openProxy(0);
      link = opened;
    }
    return opened;
  }

  /** A topic that no earlier window used. */
  public String newTopic(String purpose, int partitionCount) {
    return newTopic(purpose, partitionCount, "delete");
  }

  /** One of which Kafka may drop all but the last record of a key. */
  public String newCompactedTopic(String purpose, int partitionCount) {
    return newTopic(purpose, partitionCount, "compact");
  }

  private String newTopic(String purpose, int partitionCount, String cleanup) {
    var name = purpose + "." + (partitions.size() + 1);
    process.createTopic(
        name,
        partitionCount,
        Map.of("max.message.bytes", Integer.toString(MAX_RECORD_BYTES), "cleanup.policy", cleanup));
    partitions.put(name, partitionCount);
    return name;
  }

  public void delete(List<String> names) throws ExecutionException, InterruptedException {
    admin.deleteTopics(names).all().get();
  }

  /** Records of all partitions that were ever written. */
  public long records(String topic) throws ExecutionException, InterruptedException {
    var ends = new HashMap<TopicPartition, OffsetSpec>();
    for (var i = 0; i < partitions.getOrDefault(topic, 0); i++) {
      ends.put(new TopicPartition(topic, i), OffsetSpec.latest());
    }
    return admin.listOffsets(ends).all().get().values().stream()
        .mapToLong(end -> end.offset())
        .sum();
  }

  /** Fills the topic that every backlog cell reads from its start; once per run. */
  public void requireBacklog(LoadOptions options, int count) {
    if (backlog > 0) {
      return;
    }
    process.createTopic(BACKLOG, PARTITIONS, Map.of());
    var plan = new CommandPlan(options, 1);
    try (var producer = producer()) {
      for (; backlog < count; backlog++) {
        var message = plan.next(plan.nextCommandId()).message();
        var kafka =
            new ProducerRecord<>(BACKLOG, (@Nullable Integer) null, message.key(), message.value());
        message.headers().forEach(header -> kafka.headers().add(header.name(), header.value()));
        var unused = producer.send(kafka);
      }
      producer.flush();
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    var properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers());
    properties.setProperty("linger.ms", "20");
    properties.setProperty("batch.size", "262144");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    admin.close();
    if (link != null) {
      link.close();
    }
    process.close();
  }
}

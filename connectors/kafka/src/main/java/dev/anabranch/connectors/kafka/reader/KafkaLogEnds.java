package dev.anabranch.connectors.kafka.reader;

import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.store.LogEnds;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where an events topic ends. */
public final class KafkaLogEnds implements LogEnds {

  private static final long serialVersionUID = 1L;
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  private final KafkaConnection connection;
  private final String topic;
  private final int partitions;

  public KafkaLogEnds(KafkaConnection connection, String topic, int partitions) {
    this.connection = connection;
    this.topic = topic;
    this.partitions = partitions;
  }

  @Override
  public Session open() {
    return new KafkaSession();
  }

  private final class KafkaSession implements Session {

    private @Nullable Admin admin;

    @Override
    public synchronized Map<Integer, Long> ends() {
      var latest = new HashMap<TopicPartition, OffsetSpec>();
      for (var partition = 0; partition < partitions; partition++) {
        latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
      var ends = new HashMap<Integer, Long>();
      try {
        admin()
            .listOffsets(latest)
            .all()
            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .forEach((partition, found) -> ends.put(partition.partition(), found.offset()));
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("the end of topic " + topic + " can't be had: " + e, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while asking for the end of " + topic, e);
      }
      return ends;
    }

    @Override
    public synchronized int partitionsNotRead() {
      try {
        var described =
            admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        var found = described.get(topic);
        return found == null ? 0 : found.partitions().size() - partitions;
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("topic " + topic + " can't be described: " + e, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while asking for topic " + topic, e);
      }
    }

    @Override
    public synchronized void close() {
      if (admin != null) {
        admin.close(Duration.ZERO);
        admin = null;
      }
    }

    private Admin admin() {
      var open = admin;
      if (open == null) {
        var properties = connection.toProperties();
        var millis = Long.toString(TIMEOUT.toMillis());
        properties.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        properties.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        open = Admin.create(properties);
        admin = open;
      }
      return open;
    }
  }
}

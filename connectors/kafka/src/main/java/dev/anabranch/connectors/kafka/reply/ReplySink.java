package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.connectors.kafka.sink.ProducerSettings;
import dev.anabranch.connectors.kafka.topics.KafkaConnection;
import dev.anabranch.model.message.CommandReply;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * The answers to commands: to the default reply topic, or to the topic and partition that the
 * command named, if that is allowed and works.
 *
 * <p><b>Delivery.</b> The default topic is Flink's Kafka sink, at least once. A named topic belongs
 * to somebody else: it may be missing, forbidden, full, deleted while in use. So it has a producer
 * of its own ({@link NamedReplies}), whose failures end in the default topic with header {@code
 * ab_reply_redirected} saying why, and never stall or fail the job.
 *
 * <p><b>Size.</b> A reply above the limit loses its result, then its details; header {@code
 * ab_reply_cut} says so.
 */
public final class ReplySink implements Sink<CommandReply> {
  private static final long serialVersionUID = 1L;

  private final Options options;

  private ReplySink(Options options) {
    this.options = options;
  }

  public static ReplySink of(Options options) {
    return new ReplySink(options);
  }

  /**
   * What the sink needs.
   *
   * @param defaultTopic for commands that name no topic, or none that is allowed
   * @param maxBytes largest encoded reply
   * @param topicRefresh how long the partition count of a topic is trusted, and a topic that failed
   *     is left alone
   * @param producerProperties further settings of the default topic's producer
   */
  public record Options(
      KafkaConnection connection,
      String defaultTopic,
      ReplyTopics allowed,
      int maxBytes,
      Duration topicRefresh,
      Map<String, String> producerProperties)
      implements Serializable {

    private static final int DEFAULT_MAX_BYTES = 1 << 20;
    private static final int LEAST_MAX_BYTES = 8 << 10;

    public Options {
      if (maxBytes < LEAST_MAX_BYTES) {
        throw new IllegalArgumentException(
            "replies need a limit of " + LEAST_MAX_BYTES + " bytes at least, not " + maxBytes);
      }
      producerProperties = Map.copyOf(producerProperties);
    }

    /** No named topics, replies of up to 1 MiB. */
    public static Options of(KafkaConnection connection, String defaultTopic) {
      return new Options(
          connection,
          defaultTopic,
          ReplyTopics.DEFAULT_ONLY,
          DEFAULT_MAX_BYTES,
          Duration.ofSeconds(30),
          Map.of());
    }

    public Options withAllowed(ReplyTopics topics) {
      return new Options(
          connection, defaultTopic, topics, maxBytes, topicRefresh, producerProperties);
    }

    public Options withMaxBytes(int bytes) {
      return new Options(
          connection, defaultTopic, allowed, bytes, topicRefresh, producerProperties);
    }

    public Options withTopicRefresh(Duration interval) {
      return new Options(connection, defaultTopic, allowed, maxBytes, interval, producerProperties);
    }

    public Options withProducerProperties(Map<String, String> properties) {
      return new Options(connection, defaultTopic, allowed, maxBytes, topicRefresh, properties);
    }
  }

  @Override
  public SinkWriter<CommandReply> createWriter(WriterInitContext context) throws IOException {
    Sink<ReplyRecord> toDefault =
        KafkaSink.<ReplyRecord>builder()
            .setKafkaProducerConfig(
                ProducerSettings.durable(
                    options.connection, options.producerProperties, options.maxBytes))
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer(new ReplySerializer(options.defaultTopic))
            .build();
    return ReplyWriter.open(options, toDefault, context);
  }
}

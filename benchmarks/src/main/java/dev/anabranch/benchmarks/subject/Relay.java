package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.CommandPlan;
import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.CellServers;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.TopicTail;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Records of an event's size from one Kafka cluster to another one and from there to a reader, each
 * passed on as soon as it comes: what two clusters and nothing else cost.
 */
public final class Relay implements Target {

  private final CellServers setting;
  private final CommandPlan plan;
  private final byte[] value;
  private final String from;
  private final String to;
  private final KafkaProducer<byte[], byte[]> sender;
  private final KafkaProducer<byte[], byte[]> forwarder;
  private final TopicTail relay;
  private final Arrivals arrivals;

  private Relay(CellServers setting) {
    this.setting = setting;
    this.plan = new CommandPlan(setting.options(), 1);
    this.value = new byte[setting.options().eventBytes];
    from = setting.broker().newTopic("relayed", Database.EVENTS_PARTITIONS);
    to = setting.otherBroker().newTopic("relayed", Database.EVENTS_PARTITIONS);
    sender = producer(setting.broker());
    forwarder = producer(setting.otherBroker());
    relay =
        TopicTail.follow(
            setting.broker(),
            from,
            record -> {
              var copy = new ProducerRecord<>(to, record.key(), record.value());
              record.headers().forEach(copy.headers()::add);
              var unused = forwarder.send(copy);
            });
    arrivals = new Arrivals(setting.otherBroker(), to);
  }

  public static Relay open(CellServers setting) {
    return new Relay(setting);
  }

  @Override
  public Request next() {
    return new Request(null, plan.nextCommandId());
  }

  @Override
  public void submit(Request request) {
    arrivals.expect(request);
    var record =
        new ProducerRecord<>(
            from, CommandPlan.aggregateId(plan.nextAggregate()).getBytes(Arrivals.ASCII), value);
    record.headers().add(Arrivals.ID, request.commandId.getBytes(Arrivals.ASCII));
    var unused = sender.send(record);
  }

  @Override
  public void requireAlive() {
    relay.requireAlive();
    arrivals.requireAlive();
  }

  @Override
  public void close() throws Exception {
    sender.close();
    relay.close();
    forwarder.close();
    arrivals.close();
    setting.broker().delete(List.of(from));
    setting.otherBroker().delete(List.of(to));
  }

  private static KafkaProducer<byte[], byte[]> producer(Broker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "0", "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}

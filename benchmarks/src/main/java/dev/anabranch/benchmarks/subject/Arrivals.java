package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.server.Broker;
import dev.anabranch.benchmarks.server.TopicTail;
import dev.anabranch.wire.Headers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Completes requests when a record that names them arrives on a topic. Any thread. */
final class Arrivals implements AutoCloseable {

  static final Charset ASCII = StandardCharsets.US_ASCII;

  /** The header that names the request. */
  static final String ID = Headers.COMMAND_ID;

  private final Map<String, Request> expected = new ConcurrentHashMap<>();
  private final TopicTail tail;

  Arrivals(Broker broker, String topic) {
    tail = TopicTail.follow(broker, topic, this::arrived);
  }

  void expect(Request request) {
    expected.put(request.commandId, request);
  }

  void requireAlive() {
    tail.requireAlive();
  }

  private void arrived(ConsumerRecord<byte[], byte[]> record) {
    var id = record.headers().lastHeader(ID);
    var request = id == null ? null : expected.remove(new String(id.value(), ASCII));
    if (request != null) {
      request.complete(true);
    }
  }

  @Override
  public void close() throws InterruptedException {
    tail.close();
  }
}

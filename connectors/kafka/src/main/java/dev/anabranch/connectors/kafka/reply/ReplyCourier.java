package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.connectors.kafka.topics.KafkaRecords;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.wire.RecordSize;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Brings replies to the topics that the senders of commands named: looks each topic up, sends, and
 * says how it ended.
 *
 * <p>One topic's wait would be every topic's, so the courier never waits: what the producer can't
 * take at once waits in its topic for the next try. That goes on after a parcel was given up by who
 * handed it over, since its addressee may still wait for it where it asked for it.
 *
 * <p><b>Bounds.</b> 1,000 known topics, 100 lookups at a time, 64 MiB of parcels that wait for a
 * topic, for seconds each.
 *
 * <p><b>Threads.</b> {@link #dispatch} and {@link #close} may be called by any thread. One thread
 * of this class talks to Kafka; {@link Topic} is its own.
 */
final class ReplyCourier {

  private static final int MAX_TOPICS = 1_000;
  private static final int MAX_LOOKUPS = 100;
  private static final long MAX_WAITING_BYTES = 64L << 20;

  /** After what may have been the broker's fault; then the topic is looked up. */
  private static final Duration SHORT_BLOCK = Duration.ofSeconds(5);

  /** How often the producer is asked to take records of a topic that exists: some two seconds. */
  private static final int MAX_REFUSALS = 100;

  private static final Duration REFUSAL_PAUSE = Duration.ofMillis(20);

  private static final long CLOSE_SECONDS = 3;

  /** Hears how each parcel ended; called by any thread. */
  interface Receipts {
    void delivered(Parcel parcel);

    void undelivered(Parcel parcel, String reason);
  }

  /** A reply under way. */
  static final class Parcel {
    final String topic;
    final CommandReply reply;
    final int size;
    final CompletableFuture<@Nullable Void> finished = new CompletableFuture<>();
    private volatile ReplyRecord kafka;
    private volatile boolean cut;

    Parcel(String topic, CommandReply reply, ReplyRecord kafka) {
      this.topic = topic;
      this.reply = reply;
      this.kafka = kafka;
      this.size = RecordSize.of(kafka.message());
    }
  }

  /** What is known about a topic. */
  private static final class Topic {
    final ArrayDeque<Parcel> waiting = new ArrayDeque<>();
    int partitions;
    long freshUntilNanos = System.nanoTime();
    // How often in a row the producer has refused what waits.
    int refusals;
    // Set by the producer's thread as well, so that no reply follows one that has just failed.
    volatile @Nullable Block block;
  }

  private record Block(String reason, long untilNanos) {}

  private final ReplySink.Options options;
  private final TopicDirectory directory;
  private final Receipts receipts;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            var thread = new Thread(work, "anabranch-named-replies");
            thread.setDaemon(true);
            return thread;
          });

  private final Map<String, Topic> topics =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Topic> eldest) {
          return size() > MAX_TOPICS && eldest.getValue().waiting.isEmpty();
        }
      };
  private int lookups;
  private long waitingBytes;
  private volatile @Nullable Producer<byte[], byte[]> producer;

  ReplyCourier(ReplySink.Options options, TopicDirectory directory, Receipts receipts) {
    this.options = options;
    this.directory = directory;
    this.receipts = receipts;
  }

  static String noSuchPartition(int partition, int partitions) {
    return "the topic has no partition " + partition + ", only 0 to " + (partitions - 1);
  }

  /** Takes the parcel; its receipt comes later, or now. Never blocks. */
  void dispatch(Parcel parcel) {
    onThread(() -> sendOrLookUp(parcel));
  }

  /** Ends the thread and the producer; what is under way may get no receipt. */
  void close() throws InterruptedException {
    thread.shutdownNow();
    // Only when the thread has ended is its producer the last one.
    thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    var open = producer;
    if (open != null) {
      open.close(Duration.ZERO);
    }
  }

  // -- On this class's thread.

  private void sendOrLookUp(Parcel parcel) {
    var topic = topics.computeIfAbsent(parcel.topic, name -> new Topic());
    var now = System.nanoTime();
    var block = topic.block;
    if (block != null && now < block.untilNanos) {
      receipts.undelivered(parcel, block.reason);
    } else if (!topic.waiting.isEmpty()) {
      await(topic, parcel);
    } else if (block == null && now < topic.freshUntilNanos) {
      send(topic, parcel);
    } else if (await(topic, parcel)) {
      lookUp(parcel.topic, topic);
    }
  }

  private boolean await(Topic topic, Parcel parcel) {
    if (waitingBytes + parcel.size > MAX_WAITING_BYTES) {
      receipts.undelivered(parcel, "too many replies wait for their topics");
      return false;
    }
    waitingBytes += parcel.size;
    topic.waiting.add(parcel);
    return true;
  }

  private List<Parcel> takeWaiting(Topic topic) {
    var parcels = List.copyOf(topic.waiting);
    topic.waiting.clear();
    for (var parcel : parcels) {
      waitingBytes -= parcel.size;
    }
    return parcels;
  }

  private void lookUp(String name, Topic topic) {
    if (lookups == MAX_LOOKUPS) {
      returnWaiting(topic, "too many reply topics are being looked up");
      return;
    }
    lookups++;
    var unused =
        directory
            .partitions(name)
            .whenComplete(
                (partitions, failure) ->
                    onThread(() -> lookedUp(name, topic, partitions, failure)));
  }

  private void lookedUp(
      String name, Topic topic, @Nullable Integer partitions, @Nullable Throwable failure) {
    lookups--;
    if (partitions != null) {
      topic.block = null;
      topic.partitions = partitions;
      topic.freshUntilNanos = System.nanoTime() + options.topicRefresh().toNanos();
      takeWaiting(topic).forEach(parcel -> send(topic, parcel));
    } else if (TopicDirectory.isMissing(failure)) {
      var reason = "topic " + name + " does not exist";
      block(topic, reason, options.topicRefresh());
      returnWaiting(topic, reason);
    } else {
      returnWaiting(topic, "topic " + name + " could not be looked up: " + failure);
    }
  }

  private void send(Topic topic, Parcel parcel) {
    var block = topic.block;
    if (block != null && System.nanoTime() < block.untilNanos) {
      receipts.undelivered(parcel, block.reason);
      return;
    }
    var partition = parcel.kafka.partition();
    if (partition != null && (partition < 0 || partition >= topic.partitions)) {
      receipts.undelivered(parcel, noSuchPartition(partition, topic.partitions));
      return;
    }
    if (!topic.waiting.isEmpty()) {
      await(topic, parcel);
      return;
    }
    var attempt = new Attempt(topic, parcel);
    try {
      var unused =
          producer()
              .send(
                  KafkaRecords.toProducer(parcel.topic, partition, parcel.kafka.message()),
                  attempt);
    } catch (RuntimeException e) {
      sent(topic, parcel, e);
      return;
    }
    if (attempt.handedOver()) {
      topic.refusals = 0;
    } else {
      refused(topic, parcel);
    }
  }

  /** The producer has no room, or does not know the topic, perhaps as it was deleted meanwhile. */
  private void refused(Topic topic, Parcel parcel) {
    if (++topic.refusals > MAX_REFUSALS) {
      topic.refusals = 0;
      var reason = "topic " + parcel.topic + " is not known to the producer, or its buffer is full";
      block(topic, reason, SHORT_BLOCK);
      receipts.undelivered(parcel, reason);
      return;
    }
    if (await(topic, parcel)) {
      CompletableFuture.delayedExecutor(REFUSAL_PAUSE.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> onThread(() -> lookUp(parcel.topic, topic)));
    }
  }

  private Producer<byte[], byte[]> producer() {
    var open = producer;
    if (open == null) {
      var properties = options.connection().toProperties();
      properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0");
      // Somebody else's topics: a record that fails is lost there, whatever the order.
      properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
      properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
      properties.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
      properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
      properties.setProperty(
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(options.maxBytes()));
      open = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
      producer = open;
    }
    return open;
  }

  private void returnWaiting(Topic topic, String reason) {
    takeWaiting(topic).forEach(parcel -> receipts.undelivered(parcel, reason));
    topic.refusals = 0;
  }

  // -- On any thread.

  private void sent(Topic topic, Parcel parcel, @Nullable Exception failure) {
    if (failure == null) {
      receipts.delivered(parcel);
    } else if (failure instanceof RecordTooLargeException && !parcel.cut) {
      onThread(() -> sendCut(topic, parcel));
    } else {
      var reason = "topic " + parcel.topic + " did not take it: " + failure.getMessage();
      if (!(failure instanceof RecordTooLargeException)) {
        block(
            topic,
            reason,
            failure instanceof RetriableException ? SHORT_BLOCK : options.topicRefresh());
      }
      receipts.undelivered(parcel, reason);
    }
  }

  private void sendCut(Topic topic, Parcel parcel) {
    parcel.cut = true;
    parcel.kafka = ReplyRecord.withoutResult(parcel.reply, parcel.kafka.partition());
    send(topic, parcel);
  }

  private static void block(Topic topic, String reason, Duration duration) {
    topic.block = new Block(reason, System.nanoTime() + duration.toNanos());
  }

  private void onThread(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException closing) {
      // The task ends, and with it everything under way.
    }
  }

  /**
   * Hears how a send ended. A producer that may not wait reports that it can't take a record by
   * calling back with a time-out before {@code send} returns; every other end comes from its own
   * thread, or is no time-out.
   */
  private final class Attempt implements Callback {
    private final Topic topic;
    private final Parcel parcel;
    private final Thread sending = Thread.currentThread();
    private boolean refused;

    Attempt(Topic topic, Parcel parcel) {
      this.topic = topic;
      this.parcel = parcel;
    }

    boolean handedOver() {
      return !refused;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (Thread.currentThread() == sending && failure instanceof TimeoutException) {
        refused = true;
      } else {
        sent(topic, parcel, failure);
      }
    }
  }
}

package dev.anabranch.connectors.kafka;

import dev.anabranch.model.CommandReply;
import dev.anabranch.model.ReplyTarget;
import dev.anabranch.wire.RecordSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers replies to topics that the senders of commands named, without ever blocking or failing
 * the task: a reply that can't be delivered is given back with the reason.
 *
 * <p><b>Bounds.</b> 10,000 replies and 64 MiB under way, 1,000 known topics, 100 lookups at a time.
 * What is above is refused, or given back, at once.
 *
 * <p><b>Threads.</b> The task's thread offers and settles. One thread of this class, the courier,
 * talks to Kafka; {@link Topic} is its own. It never waits either, as one topic's wait would be
 * every topic's: what the producer can't take at once waits in its topic for the next try.
 */
final class NamedReplies implements AutoCloseable {

  private static final int MAX_UNDER_WAY = 10_000;
  private static final long MAX_BYTES_UNDER_WAY = 64L << 20;
  private static final int MAX_TOPICS = 1_000;
  private static final int MAX_LOOKUPS = 100;

  /** After what may have been the broker's fault; then the topic is looked up. */
  private static final Duration SHORT_BLOCK = Duration.ofSeconds(5);

  /** How long a topic may take to become known to the producer, and how often that is tried. */
  private static final Duration UNKNOWN_FOR = Duration.ofSeconds(2);

  private static final Duration UNKNOWN_RETRY = Duration.ofMillis(20);

  /** Takes what can't be delivered; called by any thread, once for each such reply. */
  interface Undelivered {
    void accept(CommandReply reply, String reason);
  }

  private final ReplySink.Options options;
  private final TopicDirectory directory;
  private final Undelivered undelivered;

  private final ExecutorService courier =
      Executors.newSingleThreadExecutor(
          work -> {
            var thread = new Thread(work, "anabranch-named-replies");
            thread.setDaemon(true);
            return thread;
          });

  // -- Shared by all threads.
  private final Set<Parcel> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUnderWay = new AtomicLong();
  // Topics that a checkpoint waited for in vain, until one of their replies is acknowledged.
  private final Set<String> lagging = ConcurrentHashMap.newKeySet();

  // -- The courier's.
  private final Map<String, Topic> topics =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Topic> eldest) {
          return size() > MAX_TOPICS && eldest.getValue().waiting.isEmpty();
        }
      };
  private int lookups;
  private volatile @Nullable Producer<byte[], byte[]> producer;

  /** A reply under way. */
  private static final class Parcel {
    final String topic;
    final CommandReply reply;
    final int size;
    final CompletableFuture<@Nullable Void> finished = new CompletableFuture<>();
    volatile ReplyRecord kafka;
    volatile boolean cut;

    Parcel(String topic, CommandReply reply, ReplyRecord kafka) {
      this.topic = topic;
      this.reply = reply;
      this.kafka = kafka;
      this.size = RecordSize.of(kafka.message());
    }
  }

  /** What is known about a topic. */
  private static final class Topic {
    final List<Parcel> waiting = new ArrayList<>();
    int partitions;
    long freshUntilNanos = System.nanoTime();
    // Since when the producer refuses what waits; 0: it does not.
    long refusedSinceNanos;
    // Set by the producer's thread as well, so that no reply follows one that has just failed.
    volatile @Nullable Block block;
  }

  private record Block(String reason, long untilNanos) {}

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
      if (Thread.currentThread() == sending
          && failure instanceof org.apache.kafka.common.errors.TimeoutException) {
        refused = true;
      } else {
        sent(topic, parcel, failure);
      }
    }
  }

  NamedReplies(ReplySink.Options options, TopicDirectory directory, Undelivered undelivered) {
    this.options = options;
    this.directory = directory;
    this.undelivered = undelivered;
  }

  static String noSuchPartition(int partition, int partitions) {
    return "the topic has no partition " + partition + ", only 0 to " + (partitions - 1);
  }

  /** Takes the reply and returns null, or says why not. Never blocks. */
  @Nullable String offer(String topic, CommandReply reply) {
    var partition = reply.target().partition();
    var kafka =
        ReplyRecord.of(
            reply,
            partition == ReplyTarget.ANY_PARTITION ? null : partition,
            null,
            options.maxBytes());
    var parcel = new Parcel(topic, reply, kafka);
    if (underWay.size() >= MAX_UNDER_WAY
        || bytesUnderWay.get() + parcel.size > MAX_BYTES_UNDER_WAY) {
      return "too many replies to named topics are under way";
    }
    underWay.add(parcel);
    bytesUnderWay.addAndGet(parcel.size);
    courier.execute(() -> dispatch(parcel));
    return null;
  }

  /** Gives back every reply that is not acknowledged when the time is over. */
  void settle(Duration timeout) throws InterruptedException {
    var awaited =
        underWay.stream()
            .filter(parcel -> !lagging.contains(parcel.topic))
            .map(parcel -> parcel.finished)
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(awaited).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // The rest is given back below.
    } catch (ExecutionException e) {
      throw new IllegalStateException("a parcel is never finished exceptionally", e);
    }
    for (var parcel : underWay) {
      if (lagging.size() < MAX_TOPICS) {
        lagging.add(parcel.topic);
      }
      giveBack(parcel, "the topic did not acknowledge it in time; it may be there as well");
    }
  }

  @Override
  public void close() throws InterruptedException {
    courier.shutdownNow();
    // The interrupt ends what the courier waits for; only then is its producer the last one.
    courier.awaitTermination(3, TimeUnit.SECONDS);
    var open = producer;
    if (open != null) {
      open.close(Duration.ZERO);
    }
  }

  // -- On the courier's thread.

  private void dispatch(Parcel parcel) {
    var topic = topics.computeIfAbsent(parcel.topic, name -> new Topic());
    var now = System.nanoTime();
    var block = topic.block;
    if (block != null && now < block.untilNanos) {
      giveBack(parcel, block.reason);
    } else if (!topic.waiting.isEmpty()) {
      topic.waiting.add(parcel);
    } else if (block == null && now < topic.freshUntilNanos) {
      send(topic, parcel);
    } else {
      topic.waiting.add(parcel);
      lookUp(parcel.topic, topic);
    }
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
                    onCourier(() -> lookedUp(name, topic, partitions, failure)));
  }

  private void lookedUp(
      String name, Topic topic, @Nullable Integer partitions, @Nullable Throwable failure) {
    lookups--;
    if (partitions != null) {
      topic.block = null;
      topic.partitions = partitions;
      topic.freshUntilNanos = System.nanoTime() + options.topicRefresh().toNanos();
      var parcels = List.copyOf(topic.waiting);
      topic.waiting.clear();
      parcels.forEach(parcel -> send(topic, parcel));
    } else if (TopicDirectory.isMissing(failure)) {
      var reason = "topic " + name + " does not exist";
      block(topic, reason, options.topicRefresh());
      returnWaiting(topic, reason);
    } else {
      returnWaiting(topic, "topic " + name + " could not be looked up: " + failure);
    }
  }

  private void send(Topic topic, Parcel parcel) {
    if (parcel.finished.isDone()) {
      return;
    }
    var block = topic.block;
    if (block != null && System.nanoTime() < block.untilNanos) {
      giveBack(parcel, block.reason);
      return;
    }
    var partition = parcel.kafka.partition();
    if (partition != null && (partition < 0 || partition >= topic.partitions)) {
      giveBack(parcel, noSuchPartition(partition, topic.partitions));
      return;
    }
    if (!topic.waiting.isEmpty()) {
      topic.waiting.add(parcel);
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
      topic.refusedSinceNanos = 0;
    } else {
      refused(topic, parcel);
    }
  }

  /** The producer has no room, or does not know the topic, perhaps as it was deleted meanwhile. */
  private void refused(Topic topic, Parcel parcel) {
    var now = System.nanoTime();
    if (topic.refusedSinceNanos == 0) {
      topic.refusedSinceNanos = now;
    }
    if (now - topic.refusedSinceNanos > UNKNOWN_FOR.toNanos()) {
      topic.refusedSinceNanos = 0;
      var reason = "topic " + parcel.topic + " is not known to the producer, or its buffer is full";
      block(topic, reason, SHORT_BLOCK);
      giveBack(parcel, reason);
      return;
    }
    topic.waiting.add(parcel);
    CompletableFuture.delayedExecutor(UNKNOWN_RETRY.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> onCourier(() -> lookUp(parcel.topic, topic)));
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
    topic.waiting.forEach(parcel -> giveBack(parcel, reason));
    topic.waiting.clear();
    topic.refusedSinceNanos = 0;
  }

  // -- On any thread.

  private void sent(Topic topic, Parcel parcel, @Nullable Exception failure) {
    if (failure == null) {
      lagging.remove(parcel.topic);
      finish(parcel);
    } else if (failure instanceof RecordTooLargeException && !parcel.cut) {
      onCourier(() -> sendCut(topic, parcel));
    } else {
      var reason = "topic " + parcel.topic + " did not take it: " + failure.getMessage();
      if (!(failure instanceof RecordTooLargeException)) {
        block(
            topic,
            reason,
            failure instanceof RetriableException ? SHORT_BLOCK : options.topicRefresh());
      }
      giveBack(parcel, reason);
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

  private void giveBack(Parcel parcel, String reason) {
    if (finish(parcel)) {
      undelivered.accept(parcel.reply, reason);
    }
  }

  /** False if another thread has done it. */
  private boolean finish(Parcel parcel) {
    if (!parcel.finished.complete(null)) {
      return false;
    }
    underWay.remove(parcel);
    bytesUnderWay.addAndGet(-parcel.size);
    return true;
  }

  private void onCourier(Runnable work) {
    try {
      courier.execute(work);
    } catch (RejectedExecutionException closing) {
      // The task ends, and with it everything under way.
    }
  }
}

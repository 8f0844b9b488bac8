package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.connectors.kafka.reply.ReplyCourier.Parcel;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyTarget;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Delivers replies to topics that the senders of commands named, without ever blocking or failing
 * the task: a reply that can't be delivered is given back with the reason.
 *
 * <p><b>Bounds.</b> 10,000 replies and 64 MiB under way, and those of {@link ReplyCourier}. What is
 * above is refused, or given back, at once.
 *
 * <p><b>Threads.</b> The task's thread offers and settles; receipts come from any.
 */
final class NamedReplies implements AutoCloseable, ReplyCourier.Receipts {

  private static final int MAX_UNDER_WAY = 10_000;
  private static final long MAX_BYTES_UNDER_WAY = 64L << 20;
  private static final int MAX_LAGGING = 1_000;

  /** Takes what can't be delivered; called by any thread, once for each such reply. */
  interface Undelivered {
    void accept(CommandReply reply, String reason);
  }

  private final ReplySink.Options options;
  private final Undelivered undelivered;
  private final ReplyCourier courier;
  private final Set<Parcel> underWay = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesUnderWay = new AtomicLong();

  /** Topics that a checkpoint waited for in vain, until one of their replies is acknowledged. */
  private final Set<String> lagging = ConcurrentHashMap.newKeySet();

  NamedReplies(ReplySink.Options options, TopicDirectory directory, Undelivered undelivered) {
    this.options = options;
    this.undelivered = undelivered;
    this.courier = new ReplyCourier(options, directory, this);
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
    courier.dispatch(parcel);
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
      if (lagging.size() < MAX_LAGGING) {
        lagging.add(parcel.topic);
      }
      undelivered(parcel, "the topic did not acknowledge it in time; it may be there as well");
    }
  }

  @Override
  public void delivered(Parcel parcel) {
    lagging.remove(parcel.topic);
    finish(parcel);
  }

  @Override
  public void undelivered(Parcel parcel, String reason) {
    if (finish(parcel)) {
      undelivered.accept(parcel.reply, reason);
    }
  }

  @Override
  public void close() throws InterruptedException {
    courier.close();
  }

  /** Ends the parcel; false if another thread has done it. */
  private boolean finish(Parcel parcel) {
    if (!parcel.finished.complete(null)) {
      return false;
    }
    underWay.remove(parcel);
    bytesUnderWay.addAndGet(-parcel.size);
    return true;
  }
}

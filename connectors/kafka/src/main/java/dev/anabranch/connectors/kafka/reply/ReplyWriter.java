package dev.anabranch.connectors.kafka.reply;

import dev.anabranch.api.Quoted;
import dev.anabranch.connectors.kafka.topics.TopicDirectory;
import dev.anabranch.model.message.CommandReply;
import dev.anabranch.model.message.ReplyTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes each reply to the default topic or hands it to {@link NamedReplies}, which gives back what
 * it can't deliver.
 *
 * <p><b>Recovery.</b> A checkpoint ends with {@link #flush}: every reply is then acknowledged by
 * one topic or the other. A named topic has a quarter of a second for that, and only until it has
 * once failed to use it.
 *
 * <p><b>Threads.</b> The task's, but for {@link #giveBack}.
 */
final class ReplyWriter implements SinkWriter<CommandReply> {

  private static final Duration SETTLE_TIMEOUT = Duration.ofMillis(250);

  private static final Context NO_CONTEXT =
      new Context() {
        @Override
        public long currentWatermark() {
          return Long.MIN_VALUE;
        }

        @Override
        public @Nullable Long timestamp() {
          return null;
        }
      };

  // -- Configuration.
  private final ReplySink.Options options;
  private final ReplyTopics.Matcher allowed;

  // -- Parts, closed in this order.
  private final TopicDirectory directory;
  private final NamedReplies named;
  private final SinkWriter<ReplyRecord> toDefault;

  private final MailboxExecutor mailbox;
  private final Counter redirected;
  private final Queue<Returned> returned = new ConcurrentLinkedQueue<>();

  // -- Partitions of the default topic; written by the admin client's thread.
  private volatile int defaultPartitions;
  private long partitionsAskedNanos;

  private record Returned(CommandReply reply, String reason) {}

  private ReplyWriter(
      ReplySink.Options options,
      TopicDirectory directory,
      SinkWriter<ReplyRecord> toDefault,
      int defaultPartitions,
      WriterInitContext context) {
    this.options = options;
    this.allowed = options.allowed().matcher();
    this.directory = directory;
    this.toDefault = toDefault;
    this.defaultPartitions = defaultPartitions;
    this.partitionsAskedNanos = System.nanoTime();
    this.mailbox = context.getMailboxExecutor();
    this.redirected = context.metricGroup().counter("repliesRedirected");
    this.named = new NamedReplies(options, directory, this::giveBack);
  }

  static ReplyWriter open(
      ReplySink.Options options, Sink<ReplyRecord> defaultSink, WriterInitContext context)
      throws IOException {
    var directory = TopicDirectory.open(options.connection());
    try {
      var partitions = directory.awaitPartitions(options.defaultTopic());
      var toDefault = defaultSink.createWriter(context);
      return new ReplyWriter(options, directory, toDefault, partitions, context);
    } catch (InterruptedException e) {
      directory.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while opening the reply sink", e);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  @Override
  public void write(CommandReply reply, Context context) throws IOException, InterruptedException {
    var topic = reply.target().topic();
    if (topic == null || topic.equals(options.defaultTopic())) {
      writeToDefault(reply);
    } else if (!allowed.allows(topic)) {
      redirect(reply, "topic " + Quoted.of(topic) + " is not among the allowed reply topics");
    } else {
      var refusal = named.offer(topic, reply);
      if (refusal != null) {
        redirect(reply, refusal);
      }
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    writeReturned();
    // The default topic first: while its cluster is slow, the named ones get more time.
    toDefault.flush(false);
    named.settle(SETTLE_TIMEOUT);
    writeReturned();
    toDefault.flush(endOfInput);
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeAll(named, directory, toDefault);
  }

  private void writeToDefault(CommandReply reply) throws IOException, InterruptedException {
    var partition = reply.target().partition();
    if (partition == ReplyTarget.ANY_PARTITION) {
      toDefault.write(ReplyRecord.of(reply, null, null, options.maxBytes()), NO_CONTEXT);
    } else if (partition >= 0 && partition < defaultPartitions) {
      toDefault.write(ReplyRecord.of(reply, partition, null, options.maxBytes()), NO_CONTEXT);
    } else {
      refreshDefaultPartitions();
      redirect(reply, ReplyCourier.noSuchPartition(partition, defaultPartitions));
    }
  }

  private void redirect(CommandReply reply, String reason)
      throws IOException, InterruptedException {
    redirected.inc();
    toDefault.write(ReplyRecord.of(reply, null, reason, options.maxBytes()), NO_CONTEXT);
  }

  /** The topic may have got more partitions since. */
  private void refreshDefaultPartitions() {
    var now = System.nanoTime();
    if (now - partitionsAskedNanos < options.topicRefresh().toNanos()) {
      return;
    }
    partitionsAskedNanos = now;
    var unused =
        directory
            .partitions(options.defaultTopic())
            .thenAccept(partitions -> defaultPartitions = partitions);
  }

  /** Takes a reply that a named topic did not; called by any thread. */
  private void giveBack(CommandReply reply, String reason) {
    returned.add(new Returned(reply, reason));
    try {
      mailbox.execute(this::writeReturned, "redirect a reply");
    } catch (RejectedExecutionException closing) {
      // The task ends: what is not answered will be, when the store's tail is read.
    }
  }

  private void writeReturned() throws IOException, InterruptedException {
    for (var next = returned.poll(); next != null; next = returned.poll()) {
      redirect(next.reply, next.reason);
    }
  }
}

package dev.anabranch.connectors.kafka.source;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a reader read a partition only when it is known what its position means now: whether the
 * topic is the one in which the position was taken, and whether the record there still exists.
 *
 * <p><b>Order.</b> A partition waits until its cluster has answered; the others are read meanwhile.
 *
 * <p><b>Recovery.</b> While it waits, a partition is checkpointed as it came. A topic that is made
 * anew under a running job ends the task: the restart finds out what the positions are worth, by
 * the same comparison.
 *
 * <p><b>Failure.</b> A cluster that does not answer is asked again after {@value #RETRY_SECONDS} s,
 * and told of at most once a minute.
 *
 * <p><b>Threads.</b> The task's; answers come on others, which only wake it.
 */
final class CheckedReader<T> implements SourceReader<T, KafkaPartitionSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(CheckedReader.class);

  private static final long RETRY_SECONDS = 5;
  private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS);

  private final SourceReader<T, KafkaPartitionSplit> reader;
  private final Reading reading;
  private final boolean watchesAll;
  private final TopicProbe probe;
  private final TopicIds ids;
  private final PositionMetrics metrics;

  private final Map<String, IdentifiedSplit> waiting = new LinkedHashMap<>();
  private final Set<String> told = new HashSet<>();
  private final Wakeable wakeable = new Wakeable();
  private @Nullable Question question;
  private @Nullable CompletableFuture<Map<String, String>> watch;
  private boolean pausing;
  private volatile boolean paused;
  private long watchedNanos;
  private long warnedNanos;
  private boolean warned;

  /** What the cluster was asked. */
  private record Question(
      Set<TopicPartition> partitions, CompletableFuture<Map<String, TopicNow>> answer) {}

  /**
   * @param watchesAll whether it looks at the topics that the job writes: one of the subtasks does
   */
  CheckedReader(
      SourceReader<T, KafkaPartitionSplit> reader,
      Reading reading,
      boolean watchesAll,
      TopicIds ids,
      MetricGroup group) {
    this.reader = reader;
    this.reading = reading;
    this.watchesAll = watchesAll;
    this.probe = new TopicProbe(reading.connection(), reading.groupId());
    this.ids = ids;
    this.metrics = new PositionMetrics(group, waiting::size);
    this.watchedNanos = System.nanoTime();
  }

  @Override
  public void start() {
    reader.start();
    look();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    splits.forEach(split -> waiting.put(split.splitId(), IdentifiedSplit.of(split)));
    ask();
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    if (wakeable.takeWoken()) {
      settle();
    }
    return reader.pollNext(output);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return wakeable.or(reader.isAvailable());
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    var splits = new ArrayList<KafkaPartitionSplit>();
    for (var split : reader.snapshotState(checkpointId)) {
      splits.add(IdentifiedSplit.of(split).in(ids.of(split.getTopic())));
    }
    splits.addAll(waiting.values());
    // Each checkpoint looks: without checkpoints no position is kept that could be wrong.
    if (System.nanoTime() - watchedNanos > WATCH_NANOS) {
      look();
    }
    return splits;
  }

  /** Does what the answers that have come ask for. */
  private void settle() {
    var asked = question;
    if (asked != null && asked.answer.isDone()) {
      question = null;
      if (asked.answer.isCompletedExceptionally()) {
        warnUnanswered(asked.answer);
        askLater();
      } else {
        admit(asked.partitions, asked.answer.join());
      }
    }
    if (pausing && paused) {
      pausing = false;
      ask();
    }
    var looked = watch;
    if (looked != null && looked.isDone()) {
      watch = null;
      if (!looked.isCompletedExceptionally()) {
        compare(looked.join());
      }
    }
  }

  private void ask() {
    if (waiting.isEmpty() || question != null || pausing) {
      return;
    }
    var splits = List.copyOf(waiting.values());
    var partitions =
        splits.stream().map(KafkaPartitionSplit::getTopicPartition).collect(Collectors.toSet());
    var asked = new Question(partitions, probe.topics(splits));
    question = asked;
    var unused = asked.answer.whenComplete((answer, failure) -> wakeable.wake());
  }

  private void askLater() {
    pausing = true;
    paused = false;
    LATER.execute(
        () -> {
          paused = true;
          wakeable.wake();
        });
  }

  private void admit(Set<TopicPartition> asked, Map<String, TopicNow> topics) {
    var admitted = new ArrayList<KafkaPartitionSplit>();
    var missing = false;
    for (var split : List.copyOf(waiting.values())) {
      if (!asked.contains(split.getTopicPartition())) {
        continue;
      }
      var now = requireNonNull(topics.get(split.getTopic()));
      var known = ids.of(split.getTopic());
      if (!known.isEmpty() && !now.id().isEmpty() && !known.equals(now.id())) {
        throw new TopicMadeAnewException(split.getTopic(), reading.where());
      }
      var beginning = Beginning.of(split, now, reading.otherwise());
      var offset = tell(split, now, beginning);
      if (offset >= 0) {
        ids.put(split.getTopic(), now.id());
        var epoch = Beginning.epoch(split, now, beginning);
        admitted.add(new IdentifiedSplit(split.getTopicPartition(), offset, now.id(), epoch));
        waiting.remove(split.splitId());
      } else {
        missing = true;
      }
    }
    if (!admitted.isEmpty()) {
      reader.addSplits(admitted);
    }
    if (missing) {
      askLater();
    } else {
      ask();
    }
  }

  /** Returns where to begin; negative: the partition can't be read now. */
  private long tell(IdentifiedSplit split, TopicNow now, Beginning beginning) {
    var partition = split.getTopicPartition();
    if (beginning instanceof Beginning.At at) {
      return at.offset();
    }
    if (beginning instanceof Beginning.Anew anew) {
      metrics.partitionsMadeAnew.inc();
      LOG.warn(
          "Topic {} at {} was made anew: partition {} was read up to offset {} of the topic before (id {}), and is"
              + " read from its first record on, {}, of the one that is there now (id {}). What of the topic before"
              + " was not read is gone with it. {}",
          partition.topic(),
          reading.where(),
          partition.partition(),
          anew.before(),
          split.topicId(),
          anew.offset(),
          now.id(),
          reading.consequence());
      return anew.offset();
    }
    if (beginning instanceof Beginning.Expired expired) {
      metrics.recordsExpired.inc(expired.lost());
      LOG.warn(
          "Partition {} of topic {} at {} begins at offset {}: {} records before it expired or were deleted unread."
              + " {}",
          partition.partition(),
          partition.topic(),
          reading.where(),
          expired.offset(),
          expired.lost(),
          reading.consequence());
      return expired.offset();
    }
    if (beginning instanceof Beginning.CutShort cut) {
      metrics.partitionsCutShort.inc();
      LOG.warn(
          "Partition {} of topic {} at {} ends at offset {}, below {}, up to where it was read: the topic lost records."
              + " It is read again from its first record on, {}, as others may have taken their offsets. {}",
          partition.partition(),
          partition.topic(),
          reading.where(),
          cut.end(),
          cut.before(),
          cut.offset(),
          reading.consequence());
      return cut.offset();
    }
    if (beginning instanceof Beginning.LostEnd lost) {
      metrics.partitionsCutShort.inc();
      LOG.warn(
          "Partition {} of topic {} at {} lost its end: it was read up to offset {}, and has other records than those"
              + " from offset {} on. It is read from there on. {}",
          partition.partition(),
          partition.topic(),
          reading.where(),
          lost.before(),
          lost.offset(),
          reading.consequence());
      return lost.offset();
    }
    warn(
        "Topic {} at {} has no partition {} now; it is waited for. Add partitions, or start the job without a"
            + " checkpoint",
        partition.topic(),
        reading.where(),
        partition.partition());
    return -1;
  }

  // -- While it runs.

  /** Asks for the ids of the topics, unless an answer is still to come. */
  void look() {
    if (isLooking()) {
      return;
    }
    var topics = new HashSet<>(ids.all().keySet());
    if (watchesAll) {
      topics.addAll(reading.watched().keySet());
    }
    watchedNanos = System.nanoTime();
    if (topics.isEmpty()) {
      return;
    }
    var looked = probe.ids(topics);
    watch = looked;
    var unused = looked.whenComplete((answer, failure) -> wakeable.wake());
  }

  boolean isLooking() {
    return watch != null;
  }

  private void compare(Map<String, String> now) {
    for (var read : ids.all().entrySet()) {
      var id = now.getOrDefault(read.getKey(), "");
      if (!id.isEmpty() && !read.getValue().isEmpty() && !id.equals(read.getValue())) {
        throw new TopicMadeAnewException(read.getKey(), reading.where());
      }
    }
    if (watchesAll) {
      reading.watched().forEach((topic, watched) -> compare(topic, watched, now.get(topic)));
    }
  }

  private void compare(String topic, Reading.Watched watched, @Nullable String now) {
    if (now != null && !now.equals(watched.id()) && told.add(topic)) {
      metrics.topicsMadeAnew.inc();
      LOG.warn(
          "Topic {} at {} was made anew since this job was submitted (id {}, before {}): what was in it is gone. {}",
          topic,
          reading.where(),
          now,
          watched.id(),
          watched.remedy());
    }
  }

  private void warnUnanswered(CompletableFuture<?> asked) {
    var cause = TopicProbe.causeOf(asked.handle((answer, failure) -> failure).join());
    warn(
        "Whether {} partitions at {} are still what they were can't be asked now: {}. They are read once it can; the"
            + " job's user needs Describe (which Read includes) on the topic, and on its consumer group",
        waiting.size(),
        reading.where(),
        cause.toString());
  }

  private void warn(String message, Object... values) {
    var now = System.nanoTime();
    if (!warned || now - warnedNanos > WARN_NANOS) {
      warned = true;
      warnedNanos = now;
      LOG.warn(message, values);
    }
  }

  // -- As the wrapped reader has it.

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    reader.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    reader.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {
    reader.pauseOrResumeSplits(pause, resume);
  }

  @Override
  public void close() throws Exception {
    probe.close();
    reader.close();
  }
}

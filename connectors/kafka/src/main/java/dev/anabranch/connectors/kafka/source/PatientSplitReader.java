package dev.anabranch.connectors.kafka.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads on when a cluster that refuses its login, or may not be read, lets it in again. Kafka's
 * consumer waits for a cluster that is away but throws when it is turned away, which would end the
 * job, with all that it reads from others.
 *
 * <p><b>Bounds.</b> Asks again after {@value #PAUSE_SECONDS} seconds, and warns at most once a
 * minute.
 *
 * <p><b>Threads.</b> That of its fetcher, but for {@link #wakeUp}.
 */
final class PatientSplitReader
    implements SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(PatientSplitReader.class);

  /** Kafka's consumer logs an error each time. */
  private static final long PAUSE_SECONDS = 5;

  private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> reader;
  private final String log;

  /** Those that the consumer was refused at, half done: to be done again. */
  private final Deque<SplitsChange<KafkaPartitionSplit>> undone = new ArrayDeque<>();

  private final Semaphore wakeUps = new Semaphore(0);
  private boolean warned;
  private long warnedNanos;

  /**
   * @param log in words, for a person who has to mend the login
   */
  PatientSplitReader(
      SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> reader, String log) {
    this.reader = reader;
    this.log = log;
  }

  @Override
  public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
    try {
      while (!undone.isEmpty()) {
        reader.handleSplitsChanges(undone.getFirst());
        undone.removeFirst();
      }
      return reader.fetch();
    } catch (AuthenticationException | AuthorizationException e) {
      warn(e);
      pause();
      return nothing();
    }
  }

  @Override
  public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
    // In fetch, which may come back without having succeeded.
    undone.addLast(change);
  }

  @Override
  public void wakeUp() {
    wakeUps.release();
    reader.wakeUp();
  }

  @Override
  public void pauseOrResumeSplits(
      Collection<KafkaPartitionSplit> pause, Collection<KafkaPartitionSplit> resume) {
    reader.pauseOrResumeSplits(pause, resume);
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }

  private void warn(ApiException e) {
    var now = System.nanoTime();
    if (!warned || now - warnedNanos > WARN_NANOS) {
      warned = true;
      warnedNanos = now;
      LOG.warn(
          "{} can't be read: {}. Nothing else waits for it. Grant this job's user READ on the topic; if its"
              + " login is wrong, correct the connection's properties and submit the job again from a savepoint",
          log,
          e.getMessage());
    }
  }

  private void pause() throws IOException {
    try {
      wakeUps.tryAcquire(PAUSE_SECONDS, TimeUnit.SECONDS);
      wakeUps.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> nothing() {
    return new RecordsBySplits<>(Map.of(), Set.of());
  }
}

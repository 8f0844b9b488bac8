package dev.anabranch.operators.replication.intake;

import dev.anabranch.model.message.RepublishRequest;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStoreFactory;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple5;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the {@link LogWatch} of each subtask. */
public final class LogWatchFactory extends AbstractStreamOperatorFactory<PublishedRow>
    implements OneInputStreamOperatorFactory<
        Tuple5<String, Integer, Long, Long, Integer>, PublishedRow> {

  private static final long serialVersionUID = 1L;

  private final String region;
  private final long patienceMillis;
  private final int hops;
  private final Map<String, PeerStore> stores;
  private final TaskThreads threads;

  /**
   * The store of a peer, to be asked for rows that no topic has.
   *
   * @param filter of the connection, for rows that come this way too
   */
  public record PeerStore(EventStoreFactory store, PeerFilter filter, DomainLoader domain)
      implements Serializable {}

  /**
   * The factory.
   *
   * @param region of the job
   * @param regions how many there are: a request passes through as many
   * @param patience how long a row may be missing before it is asked for
   * @param stores by peer; of a peer that is not in it, topics only are asked
   */
  public LogWatchFactory(
      String region, int regions, Duration patience, Map<String, PeerStore> stores) {
    this(region, regions, patience, stores, TaskThreads.REAL);
  }

  /**
   * The factory.
   *
   * @param threads of what waits for a peer's store
   */
  public LogWatchFactory(
      String region,
      int regions,
      Duration patience,
      Map<String, PeerStore> stores,
      TaskThreads threads) {
    this.region = region;
    this.hops = Math.min(regions, RepublishRequest.MAX_HOPS);
    this.patienceMillis = patience.toMillis();
    this.stores = new TreeMap<>(stores);
    this.threads = threads;
  }

  String region() {
    return region;
  }

  long patienceMillis() {
    return patienceMillis;
  }

  int hops() {
    return hops;
  }

  Map<String, PeerStore> stores() {
    return stores;
  }

  TaskThreads threads() {
    return threads;
  }

  /** Routes the notes of a shard to the task that watches it. */
  public static KeySelector<Tuple5<String, Integer, Long, Long, Integer>, String> key() {
    return new Key();
  }

  private static final class Key
      implements KeySelector<Tuple5<String, Integer, Long, Long, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getKey(Tuple5<String, Integer, Long, Long, Integer> note) {
      return LogNote.keyOf(note);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
  public <T extends StreamOperator<PublishedRow>> T createStreamOperator(
      StreamOperatorParameters<PublishedRow> parameters) {
    return (T) new LogWatch(parameters, this);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return LogWatch.class;
  }
}

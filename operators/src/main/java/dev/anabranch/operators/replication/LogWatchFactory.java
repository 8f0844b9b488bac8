package dev.anabranch.operators.replication;

import dev.anabranch.model.PublishedRow;
import dev.anabranch.model.RepublishRequest;
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

  /** The options of the job's operator say all that is needed. */
  public LogWatchFactory(ReplicationOptions options) {
    this.region = options.region();
    this.patienceMillis = options.holdPatience().toMillis();
    this.hops = Math.min(options.regions().size(), RepublishRequest.MAX_HOPS);
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
    return (T) new LogWatch(parameters, region, patienceMillis, hops);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return LogWatch.class;
  }
}

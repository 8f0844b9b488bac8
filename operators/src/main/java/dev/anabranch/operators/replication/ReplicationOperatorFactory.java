package dev.anabranch.operators.replication;

import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStoreFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the {@link ReplicationOperator} of each subtask. */
public final class ReplicationOperatorFactory extends AbstractStreamOperatorFactory<PublishedRow>
    implements OneInputStreamOperatorFactory<PublishedRow, PublishedRow> {

  private static final long serialVersionUID = 1L;

  private final ReplicationOptions options;
  private final DomainLoader domain;
  private final EventStoreFactory store;
  private final TaskThreads threads;

  public ReplicationOperatorFactory(
      ReplicationOptions options, DomainLoader domain, EventStoreFactory store) {
    this(options, domain, store, TaskThreads.REAL);
  }

  /**
   * The factory.
   *
   * @param threads of what waits for databases
   */
  public ReplicationOperatorFactory(
      ReplicationOptions options,
      DomainLoader domain,
      EventStoreFactory store,
      TaskThreads threads) {
    this.options = options;
    this.domain = domain;
    this.store = store;
    this.threads = threads;
    setChainingStrategy(ChainingStrategy.HEAD);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
  public <T extends StreamOperator<PublishedRow>> T createStreamOperator(
      StreamOperatorParameters<PublishedRow> parameters) {
    return (T) new ReplicationOperator(parameters, options, domain, store, threads);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return ReplicationOperator.class;
  }
}

package dev.anabranch.operators.command;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.task.DomainLoader;
import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.PublishedLog;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes the {@link CommandOperator} of each subtask. */
public final class CommandOperatorFactory extends AbstractStreamOperatorFactory<LogRow>
    implements OneInputStreamOperatorFactory<CommandRecord, LogRow>,
        TwoInputStreamOperatorFactory<CommandRecord, CommandRecord, LogRow> {

  private static final long serialVersionUID = 1L;

  private final CommandOperatorOptions options;
  private final DomainLoader domain;
  private final EventStoreFactory store;
  private final PublishedLog published;
  private final TaskThreads threads;

  /** Publishes nowhere that a start could look at. */
  public CommandOperatorFactory(
      CommandOperatorOptions options, DomainLoader domain, EventStoreFactory store) {
    this(options, domain, store, PublishedLog.NONE);
  }

  /**
   * The factory.
   *
   * @param published where the rows are published: a start compares its end with the store
   */
  public CommandOperatorFactory(
      CommandOperatorOptions options,
      DomainLoader domain,
      EventStoreFactory store,
      PublishedLog published) {
    this(options, domain, store, published, TaskThreads.REAL);
  }

  /**
   * The factory.
   *
   * @param threads of what waits for databases
   */
  public CommandOperatorFactory(
      CommandOperatorOptions options,
      DomainLoader domain,
      EventStoreFactory store,
      PublishedLog published,
      TaskThreads threads) {
    this.options = options;
    this.domain = domain;
    this.store = store;
    this.published = published;
    this.threads = threads;
    setChainingStrategy(ChainingStrategy.HEAD);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
  public <T extends StreamOperator<LogRow>> T createStreamOperator(
      StreamOperatorParameters<LogRow> parameters) {
    return (T) new CommandOperator(parameters, options, domain, store, published, threads);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared by Flink
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return CommandOperator.class;
  }
}

package dev.anabranch.simulation.job;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.CommandRecord;
import dev.anabranch.operators.command.CommandOperator;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/**
 * The production operator in Flink's operator harness, with keyed state and snapshots as in a task;
 * its mailbox and its output are the simulation's.
 */
final class OperatorInTask extends OneInputStreamOperatorTestHarness<CommandRecord, LogRow> {

  private final MockEnvironment environment;

  private OperatorInTask(Factory factory, MockEnvironment environment) throws Exception {
    super(factory, environment);
    this.environment = environment;
    KeySelector<CommandRecord, String> key = CommandRecord::routingKey;
    config.setStatePartitioner(0, key);
    config.setStateKeySerializer(
        Types.STRING.createSerializer(executionConfig.getSerializerConfig()));
    config.serializeAllConfigs();
  }

  /**
   * Makes the operator of a subtask, not yet initialized.
   *
   * @param operator makes the production operator
   */
  static OperatorInTask of(
      OneInputStreamOperatorFactory<CommandRecord, LogRow> operator,
      MailboxExecutor mailbox,
      Output<StreamRecord<LogRow>> output,
      Subtask.Place place,
      boolean onRocksDb)
      throws Exception {
    var environment =
        new MockEnvironmentBuilder()
            .setTaskName("commands")
            .setMaxParallelism(place.shards())
            .setParallelism(place.parallelism())
            .setSubtaskIndex(place.index())
            .build();
    var parts = Handover.put(new Parts(operator, mailbox));
    try {
      var made = new OperatorInTask(new Factory(parts), environment);
      if (onRocksDb) {
        var settings = new Configuration();
        settings.set(RocksDBOptions.USE_MANAGED_MEMORY, false);
        made.setStateBackend(
            new EmbeddedRocksDBStateBackend(false)
                .configure(settings, OperatorInTask.class.getClassLoader()));
      }
      made.setOutputCreator(serializer -> output);
      made.setup();
      return made;
    } finally {
      Handover.remove(parts);
    }
  }

  CommandOperator command() {
    return (CommandOperator) getOperator();
  }

  /** Frees what the process would have freed by its end; the operator is not told. */
  void abandon() throws Exception {
    try {
      var backend = getOperator().getKeyedStateBackend();
      if (backend != null) {
        backend.dispose();
      }
    } finally {
      environment.close();
    }
  }

  @Override
  public void close() throws Exception {
    try {
      super.close();
    } finally {
      environment.close();
    }
  }

  /** What the factory cannot carry through its serialization. */
  record Parts(
      OneInputStreamOperatorFactory<CommandRecord, LogRow> operator, MailboxExecutor mailbox) {}

  /** Replaces the mailbox that the harness gives. */
  static final class Factory extends AbstractStreamOperatorFactory<LogRow>
      implements OneInputStreamOperatorFactory<CommandRecord, LogRow> {

    private static final long serialVersionUID = 1L;

    private final long parts;

    Factory(long parts) {
      this.parts = parts;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as declared by Flink
    public <T extends StreamOperator<LogRow>> T createStreamOperator(
        StreamOperatorParameters<LogRow> given) {
      var found = Handover.get(parts);
      Supplier<org.apache.flink.streaming.runtime.tasks.ProcessingTimeService> service =
          given::getProcessingTimeService;
      return found
          .operator()
          .createStreamOperator(
              new StreamOperatorParameters<>(
                  given.getContainingTask(),
                  given.getStreamConfig(),
                  given.getOutput(),
                  service,
                  given.getOperatorEventDispatcher(),
                  found.mailbox()));
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared by Flink
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
      return CommandOperator.class;
    }
  }
}

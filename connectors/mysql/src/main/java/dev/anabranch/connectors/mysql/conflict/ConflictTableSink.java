package dev.anabranch.connectors.mysql.conflict;

import dev.anabranch.connectors.mysql.schema.MySqlStoreConfig;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.wire.blob.ConflictBlob;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Writes how conflicts stand into the region's databases, a moment later.
 *
 * <p><b>Failure.</b> A database that is away delays its rows and nothing else: they wait in the
 * checkpoint, the latest of each conflict, up to {@link ConflictTableWriter#MAX_WAITING}.
 *
 * <p><b>Delivery.</b> At least once, which has the effect of once: see {@link ConflictTable}.
 */
public final class ConflictTableSink
    implements Sink<ConflictRecord>, SupportsWriterState<ConflictRecord, ConflictRecord> {

  private static final long serialVersionUID = 1L;

  private final MySqlStoreConfig config;

  public ConflictTableSink(MySqlStoreConfig config) {
    this.config = config;
  }

  @Override
  public StatefulSinkWriter<ConflictRecord, ConflictRecord> createWriter(
      WriterInitContext context) {
    return restoreWriter(context, List.of());
  }

  @Override
  public StatefulSinkWriter<ConflictRecord, ConflictRecord> restoreWriter(
      WriterInitContext context, Collection<ConflictRecord> waiting) {
    return new ConflictTableWriter(
        config, new FlinkTimers(context.getProcessingTimeService()), waiting);
  }

  @Override
  public SimpleVersionedSerializer<ConflictRecord> getWriterStateSerializer() {
    return new StateSerializer();
  }

  private record FlinkTimers(ProcessingTimeService service) implements ConflictTableWriter.Timers {
    @Override
    public long nowMillis() {
      return service.getCurrentProcessingTime();
    }

    @Override
    public void in(long millis, Runnable action) {
      var unused = service.registerTimer(nowMillis() + millis, time -> action.run());
    }
  }

  /** The blob knows its own format. */
  private static final class StateSerializer implements SimpleVersionedSerializer<ConflictRecord> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(ConflictRecord record) {
      return ConflictBlob.encode(record);
    }

    @Override
    public ConflictRecord deserialize(int version, byte[] bytes) {
      return ConflictBlob.decode(bytes);
    }
  }
}

package dev.anabranch.jobs.region;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** A real sink whose writers fail at {@link CrashPoint}s; what the sink can do, this one can. */
@SuppressWarnings({
  "unchecked",
  "rawtypes"
}) // the types of state and committables are the sink's own
class CrashingSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1L;

  private final Sink<T> real;
  private final String region;
  private final CrashPoint before;
  private final List<CrashPoint> after;

  CrashingSink(Sink<T> real, String region, CrashPoint before, List<CrashPoint> after) {
    this.real = real;
    this.region = region;
    this.before = before;
    this.after = after;
  }

  /** A wrapper for a sink of either kind. */
  static <T> Sink<T> around(
      Sink<T> real, String region, CrashPoint before, List<CrashPoint> after) {
    return real instanceof SupportsCommitter
        ? new Transactional<>(real, region, before, after)
        : new CrashingSink<>(real, region, before, after);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return new Writer<>(real.createWriter(context), this);
  }

  /** For a sink that commits and keeps state, as Kafka's does. */
  private static final class Transactional<T> extends CrashingSink<T>
      implements SupportsWriterState<T, Object>, SupportsCommitter<Object> {
    private static final long serialVersionUID = 1L;

    private final Sink<T> real;

    Transactional(Sink<T> real, String region, CrashPoint before, List<CrashPoint> after) {
      super(real, region, before, after);
      this.real = real;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
      return new TransactionalWriter<>(real.createWriter(context), this);
    }

    @Override
    public StatefulSinkWriter<T, Object> restoreWriter(
        WriterInitContext context, Collection<Object> state) throws IOException {
      return new TransactionalWriter<>(
          ((SupportsWriterState) real).restoreWriter(context, state), this);
    }

    @Override
    public SimpleVersionedSerializer<Object> getWriterStateSerializer() {
      return ((SupportsWriterState) real).getWriterStateSerializer();
    }

    @Override
    public Committer<Object> createCommitter(CommitterInitContext context) throws IOException {
      return ((SupportsCommitter) real).createCommitter(context);
    }

    @Override
    public SimpleVersionedSerializer<Object> getCommittableSerializer() {
      return ((SupportsCommitter) real).getCommittableSerializer();
    }
  }

  private static class Writer<T> implements SinkWriter<T> {

    final SinkWriter<T> real;
    private final CrashingSink<T> sink;
    private final Crashes crashes;

    Writer(SinkWriter<T> real, CrashingSink<T> sink) {
      this.real = real;
      this.sink = sink;
      this.crashes = Crashes.of(sink.region);
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      crashes.pass(sink.before);
      real.write(element, context);
      sink.after.forEach(crashes::pass);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      real.flush(endOfInput);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
      real.writeWatermark(watermark);
    }

    @Override
    public void close() throws Exception {
      real.close();
    }
  }

  /** Flink looks at what a writer implements as well. */
  private static final class TransactionalWriter<T> extends Writer<T>
      implements StatefulSinkWriter<T, Object>, CommittingSinkWriter<T, Object> {

    TransactionalWriter(SinkWriter<T> real, CrashingSink<T> sink) {
      super(real, sink);
    }

    @Override
    public Collection<Object> prepareCommit() throws IOException, InterruptedException {
      return ((CommittingSinkWriter) real).prepareCommit();
    }

    @Override
    public List<Object> snapshotState(long checkpointId) throws IOException {
      return ((StatefulSinkWriter) real).snapshotState(checkpointId);
    }
  }
}

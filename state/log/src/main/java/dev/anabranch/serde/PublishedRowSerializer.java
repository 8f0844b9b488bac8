package dev.anabranch.serde;

import dev.anabranch.model.stored.PublishedRow;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Format 1: the region, then the row as {@link LogRowSerializer} writes it. */
public final class PublishedRowSerializer extends ImmutableSerializer<PublishedRow> {
  private static final long serialVersionUID = 1L;

  private final LogRowSerializer rows = new LogRowSerializer();

  @Override
  public TypeSerializer<PublishedRow> duplicate() {
    return new PublishedRowSerializer();
  }

  @Override
  public void serialize(PublishedRow published, DataOutputView out) throws IOException {
    Views.writeText(published.region(), out);
    rows.serialize(published.row(), out);
  }

  @Override
  public PublishedRow deserialize(DataInputView in) throws IOException {
    return new PublishedRow(Views.readText(in), rows.deserialize(in));
  }

  @Override
  public TypeSerializerSnapshot<PublishedRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Written into savepoints. */
  public static final class Snapshot extends FormatSnapshot<PublishedRow> {
    @Override
    public TypeSerializer<PublishedRow> restoreSerializer() {
      return new PublishedRowSerializer();
    }
  }
}

package dev.anabranch.serde;

import dev.anabranch.model.LogRow;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link LogRow}. */
public final class LogRowTypeInfo extends ImmutableTypeInfo<LogRow> {
  private static final long serialVersionUID = 1L;

  public static final LogRowTypeInfo INSTANCE = new LogRowTypeInfo();

  private LogRowTypeInfo() {
    super(LogRow.class);
  }

  @Override
  TypeSerializer<LogRow> serializer() {
    return new LogRowSerializer();
  }
}

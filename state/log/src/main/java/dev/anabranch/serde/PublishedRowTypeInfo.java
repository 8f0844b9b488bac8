package dev.anabranch.serde;

import dev.anabranch.model.stored.PublishedRow;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link PublishedRow}. */
public final class PublishedRowTypeInfo extends ImmutableTypeInfo<PublishedRow> {
  private static final long serialVersionUID = 1L;

  public static final PublishedRowTypeInfo INSTANCE = new PublishedRowTypeInfo();

  private PublishedRowTypeInfo() {
    super(PublishedRow.class);
  }

  @Override
  TypeSerializer<PublishedRow> serializer() {
    return new PublishedRowSerializer();
  }
}

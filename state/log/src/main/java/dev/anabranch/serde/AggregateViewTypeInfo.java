package dev.anabranch.serde;

import dev.anabranch.model.view.AggregateView;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link AggregateView}. */
public final class AggregateViewTypeInfo extends ImmutableTypeInfo<AggregateView> {
  private static final long serialVersionUID = 1L;

  public static final AggregateViewTypeInfo INSTANCE = new AggregateViewTypeInfo();

  private AggregateViewTypeInfo() {
    super(AggregateView.class);
  }

  @Override
  TypeSerializer<AggregateView> serializer() {
    return new AggregateViewSerializer();
  }
}

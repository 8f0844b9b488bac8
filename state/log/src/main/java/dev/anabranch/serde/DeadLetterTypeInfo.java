package dev.anabranch.serde;

import dev.anabranch.model.message.DeadLetter;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Type information of {@link DeadLetter}. */
public final class DeadLetterTypeInfo extends ImmutableTypeInfo<DeadLetter> {
  private static final long serialVersionUID = 1L;

  public static final DeadLetterTypeInfo INSTANCE = new DeadLetterTypeInfo();

  private DeadLetterTypeInfo() {
    super(DeadLetter.class);
  }

  @Override
  TypeSerializer<DeadLetter> serializer() {
    return new DeadLetterSerializer();
  }
}

package dev.anabranch.serde;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a savepoint says about one of the serializers here: the version of its format, nothing else.
 * A changed format gets a new version, and this class then gives out a serializer of the old one.
 */
abstract class FormatSnapshot<T> implements TypeSerializerSnapshot<T> {

  private static final int VERSION = 1;

  @Override
  public final int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public final void writeSnapshot(DataOutputView out) {}

  @Override
  public final void readSnapshot(int readVersion, DataInputView in, ClassLoader loader)
      throws IOException {
    if (readVersion != VERSION) {
      throw new IOException(
          getClass().getName()
              + ": the savepoint has format "
              + readVersion
              + ", this release reads "
              + VERSION
              + "; restore it with the release that wrote it");
    }
  }

  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    return old.getClass() == getClass()
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }

  @Override
  public abstract TypeSerializer<T> restoreSerializer();
}

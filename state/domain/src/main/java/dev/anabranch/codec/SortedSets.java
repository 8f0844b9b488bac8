package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;

/**
 * Writes the elements of a set in their natural order: equal sets iterate in different orders,
 * those of {@link Set#of} even differ from one JVM to the next, but equal messages must make equal
 * bytes.
 */
final class SortedSets {

  private SortedSets() {}

  static Module module() {
    return new SimpleModule("anabranch-sorted-sets").setSerializerModifier(new Modifier());
  }

  private static final class Modifier extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("unchecked") // a serializer of collections
    public JsonSerializer<?> modifyCollectionSerializer(
        SerializationConfig config,
        CollectionType type,
        BeanDescription description,
        JsonSerializer<?> serializer) {
      var raw = type.getRawClass();
      return Set.class.isAssignableFrom(raw)
              && !SortedSet.class.isAssignableFrom(raw)
              && !EnumSet.class.isAssignableFrom(raw)
          ? new SortingSerializer((JsonSerializer<Object>) serializer)
          : serializer;
    }
  }

  private static final class SortingSerializer extends JsonSerializer<Object>
      implements ContextualSerializer {

    private final JsonSerializer<Object> delegate;

    SortingSerializer(JsonSerializer<Object> delegate) {
      this.delegate = delegate;
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public JsonSerializer<?> createContextual(SerializerProvider provider, BeanProperty property)
        throws JsonMappingException {
      var contextual = provider.handlePrimaryContextualization(delegate, property);
      return new SortingSerializer((JsonSerializer<Object>) contextual);
    }

    @Override
    public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      var elements = new ArrayList<Object>((Collection<?>) value);
      try {
        elements.sort(null);
      } catch (ClassCastException | NullPointerException e) {
        throw JsonMappingException.from(
            provider,
            "a set needs elements with a natural order, or equal sets make different bytes;"
                + " let them implement Comparable, or use a list",
            e);
      }
      delegate.serialize(new LinkedHashSet<>(elements), out, provider);
    }
  }
}

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
import com.fasterxml.jackson.databind.type.MapType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes the entries of a map in the natural order of their keys, so that equal maps make equal
 * bytes. Keys that compare as equal and are not, as 7 and 7.0, both stay, in the order of their
 * texts; Jackson's own sorting would drop one of them.
 */
final class SortedMaps {

  private SortedMaps() {}

  static Module module() {
    return new SimpleModule("anabranch-sorted-maps").setSerializerModifier(new Modifier());
  }

  private static final class Modifier extends BeanSerializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("unchecked") // a serializer of maps
    public JsonSerializer<?> modifyMapSerializer(
        SerializationConfig config,
        MapType type,
        BeanDescription description,
        JsonSerializer<?> serializer) {
      var raw = type.getRawClass();
      return SortedMap.class.isAssignableFrom(raw) || EnumMap.class.isAssignableFrom(raw)
          ? serializer
          : new SortingSerializer((JsonSerializer<Object>) serializer);
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
      var map = (Map<?, ?>) value;
      delegate.serialize(
          map.isEmpty() || map instanceof SortedMap || map instanceof EnumMap
              ? map
              : sorted(map, provider),
          out,
          provider);
    }

    private static Map<?, ?> sorted(Map<?, ?> map, SerializerProvider provider)
        throws JsonMappingException {
      var keys = new ArrayList<Object>(map.keySet());
      try {
        keys.sort(SortingSerializer::compare);
        if (keys.size() == 1 && !(keys.get(0) instanceof Comparable)) {
          throw new ClassCastException(keys.get(0).getClass() + " is not Comparable");
        }
      } catch (ClassCastException | NullPointerException e) {
        throw JsonMappingException.from(
            provider,
            "a map needs keys with a natural order and none that is null, or equal maps make"
                + " different bytes; let them implement Comparable, or use a list of entries",
            e);
      }
      var sorted = new LinkedHashMap<Object, Object>();
      keys.forEach(key -> sorted.put(key, map.get(key)));
      return sorted;
    }

    @SuppressWarnings("unchecked") // of one type, or it throws
    private static int compare(Object one, Object other) {
      var order =
          ((Comparator<Object>) (Comparator<?>) Comparator.naturalOrder()).compare(one, other);
      return order != 0 ? order : one.toString().compareTo(other.toString());
    }
  }
}

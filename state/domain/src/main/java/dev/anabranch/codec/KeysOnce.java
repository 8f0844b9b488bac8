package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ContextualKeyDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Refuses a map of which two keys are one value in two texts, as 1 and 1.0, or PT60S and PT1M:
 * Jackson would keep the last of their entries. Keys that are texts can't, as the parser refuses a
 * text that comes twice.
 */
final class KeysOnce {

  private static final Object SEEN = KeysOnce.class;

  private KeysOnce() {}

  static Module module() {
    return new SimpleModule("anabranch-keys-once").setDeserializerModifier(new Modifier());
  }

  private static final class Modifier extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public KeyDeserializer modifyKeyDeserializer(
        DeserializationConfig config, JavaType type, KeyDeserializer deserializer) {
      return type.hasRawClass(String.class) || type.hasRawClass(Object.class)
          ? deserializer
          : new Once(type.getRawClass(), deserializer);
    }
  }

  private static final class Once extends KeyDeserializer implements ContextualKeyDeserializer {
    private final Class<?> raw;
    private final KeyDeserializer delegate;

    Once(Class<?> raw, KeyDeserializer delegate) {
      this.raw = raw;
      this.delegate = delegate;
    }

    @Override
    public KeyDeserializer createContextual(DeserializationContext context, BeanProperty property)
        throws JsonMappingException {
      return delegate instanceof ContextualKeyDeserializer contextual
          ? new Once(raw, contextual.createContextual(context, property))
          : this;
    }

    @Override
    public Object deserializeKey(String text, DeserializationContext context) throws IOException {
      var key = delegate.deserializeKey(text, context);
      var parser = context.getParser();
      if (key == null || parser == null) {
        return key;
      }
      var map = parser.getParsingContext();
      var keys = seen(context).computeIfAbsent(map, unseen -> new HashSet<>());
      // The parser takes the same object for one map after the other.
      if (map.getCurrentIndex() == 0) {
        keys.clear();
      }
      return keys.add(key)
          ? key
          : context.handleWeirdKey(raw, text, "an earlier key is the same %s", raw.getSimpleName());
    }

    @SuppressWarnings("unchecked") // put there by this class only
    private static Map<JsonStreamContext, Set<Object>> seen(DeserializationContext context) {
      var known = (Map<JsonStreamContext, Set<Object>>) context.getAttribute(SEEN);
      if (known == null) {
        known = new IdentityHashMap<>();
        context.setAttribute(SEEN, known);
      }
      return known;
    }
  }
}

package dev.anabranch.operators.history;

import dev.anabranch.causality.Dot;
import dev.anabranch.operators.cache.CachedMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Entries of keyed state, as they are decoded.
 *
 * @param <B> what is stored under a name
 */
public record EntriesInState<K, V, B>(NamedEntries<B> stored, Form<K, V, B> form)
    implements CachedMap.Backing<K, V> {

  /** How keys and values are stored. */
  public record Form<K, V, B>(
      Function<K, String> name,
      Function<String, K> key,
      Function<B, V> decode,
      Function<V, B> encode) {

    /** Values of commits, named by their dots. */
    public static <V, B> Form<Dot, V, B> byDot(Function<B, V> decode, Function<V, B> encode) {
      return new Form<>(Dot::toString, Dot::parse, decode, encode);
    }

    /** Values that are named by a text. */
    public static <V, B> Form<String, V, B> byText(Function<B, V> decode, Function<V, B> encode) {
      return new Form<>(Function.identity(), Function.identity(), decode, encode);
    }
  }

  @Override
  public @Nullable V read(K key) {
    var value = stored.get(form.name.apply(key));
    return value == null ? null : form.decode.apply(value);
  }

  @Override
  public void write(K key, V value) {
    stored.put(form.name.apply(key), form.encode.apply(value));
  }

  @Override
  public void remove(K key) {
    stored.remove(form.name.apply(key));
  }

  @Override
  public void readAll(BiConsumer<K, V> action) {
    stored.forEach((name, value) -> action.accept(form.key.apply(name), form.decode.apply(value)));
  }

  @Override
  public void clear() {
    stored.clear();
  }
}

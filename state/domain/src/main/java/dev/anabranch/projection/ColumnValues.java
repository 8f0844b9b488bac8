package dev.anabranch.projection;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of some columns, in the order of the columns' names. Immutable; on two arrays, since a row
 * has few columns and each of its changes is made one column after the other.
 */
final class ColumnValues extends AbstractMap<String, @Nullable Object> {

  static final ColumnValues NONE = new ColumnValues(new String[0], new Object[0]);

  private final String[] names;
  private final @Nullable Object[] values;

  private ColumnValues(String[] names, @Nullable Object[] values) {
    this.names = names;
    this.values = values;
  }

  ColumnValues with(String name, @Nullable Object value) {
    var at = Arrays.binarySearch(names, name);
    if (at >= 0) {
      var replaced = values.clone();
      replaced[at] = value;
      return new ColumnValues(names, replaced);
    }
    var insertAt = -at - 1;
    var newNames = Arrays.copyOf(names, names.length + 1);
    var newValues = Arrays.copyOf(values, values.length + 1);
    System.arraycopy(names, insertAt, newNames, insertAt + 1, names.length - insertAt);
    System.arraycopy(values, insertAt, newValues, insertAt + 1, values.length - insertAt);
    newNames[insertAt] = name;
    newValues[insertAt] = value;
    return new ColumnValues(newNames, newValues);
  }

  ColumnValues without(String name) {
    var at = Arrays.binarySearch(names, name);
    if (at < 0) {
      return this;
    }
    var newNames = Arrays.copyOf(names, names.length - 1);
    var newValues = Arrays.copyOf(values, values.length - 1);
    System.arraycopy(names, at + 1, newNames, at, newNames.length - at);
    System.arraycopy(values, at + 1, newValues, at, newNames.length - at);
    return new ColumnValues(newNames, newValues);
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public boolean containsKey(Object name) {
    return name instanceof String text && Arrays.binarySearch(names, text) >= 0;
  }

  @Override
  public @Nullable Object get(Object name) {
    var at = name instanceof String text ? Arrays.binarySearch(names, text) : -1;
    return at < 0 ? null : values[at];
  }

  @Override
  public Set<String> keySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<String> iterator() {
        return Arrays.asList(names).iterator();
      }

      @Override
      public int size() {
        return names.length;
      }

      @Override
      public boolean contains(Object name) {
        return containsKey(name);
      }
    };
  }

  @Override
  public Collection<@Nullable Object> values() {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  @Override
  public Set<Map.Entry<String, @Nullable Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < names.length;
          }

          @Override
          public Map.Entry<String, @Nullable Object> next() {
            if (next == names.length) {
              throw new java.util.NoSuchElementException();
            }
            var at = next++;
            return new SimpleImmutableEntry<>(names[at], values[at]);
          }
        };
      }

      @Override
      public int size() {
        return names.length;
      }
    };
  }
}

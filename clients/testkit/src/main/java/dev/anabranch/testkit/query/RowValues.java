package dev.anabranch.testkit.query;

import dev.anabranch.projection.RowChange.RowId;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares and shows the values of rows, of which some may be bytes. */
final class RowValues {

  private RowValues() {}

  /** Whether both have the same columns with the same values. */
  static boolean same(Map<String, @Nullable Object> some, Map<String, @Nullable Object> others) {
    return some.keySet().equals(others.keySet())
        && some.keySet().stream()
            .allMatch(
                column ->
                    Arrays.deepEquals(
                        new Object[] {some.get(column)}, new Object[] {others.get(column)}));
  }

  static boolean sameRows(
      Map<RowId, Map<String, @Nullable Object>> some,
      Map<RowId, Map<String, @Nullable Object>> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(row -> same(row.getValue(), others.getOrDefault(row.getKey(), Map.of())));
  }

  /** Readable: bytes in hexadecimal digits. */
  static Object shown(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return "0x" + HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Map<?, ?> map) {
      var shown = new LinkedHashMap<Object, Object>();
      map.forEach((key, each) -> shown.put(key, shown(each)));
      return shown;
    }
    if (value instanceof Collection<?> all) {
      return all.stream().map(RowValues::shown).toList();
    }
    return String.valueOf(value);
  }
}

package dev.anabranch.testkit.query;

import dev.anabranch.projection.Column;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.projection.RowChange;
import dev.anabranch.projection.RowChange.RowId;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows as a database would hold them after these changes.
 *
 * <p><b>Threads.</b> Safe for use by several.
 */
public final class InMemoryTables {

  private final TreeMap<RowId, Map<String, @Nullable Object>> rows = new TreeMap<>();

  /** Makes a change, as a database would. */
  public synchronized void apply(RowChange change) {
    if (change.isDelete()) {
      rows.remove(change.id());
    }
    if (!change.isWrite()) {
      return;
    }
    var row = rows.computeIfAbsent(change.id(), id -> fresh(change));
    row.putAll(change.set());
    change.add().forEach((column, amount) -> row.put(column, sum(row.get(column), amount)));
  }

  public synchronized void apply(Collection<RowChange> changes) {
    changes.forEach(this::apply);
  }

  /** All columns of a row by name, those of the key first; empty if there is no such row. */
  public synchronized Optional<Map<String, @Nullable Object>> find(
      QueryTable table, Object... key) {
    return Optional.ofNullable(rows.get(table.row(key).id())).map(LinkedHashMap::new);
  }

  /** All rows of a table, in the order of their keys. */
  public synchronized Map<RowId, Map<String, @Nullable Object>> rows(QueryTable table) {
    var found = new LinkedHashMap<RowId, Map<String, @Nullable Object>>();
    rows.forEach(
        (id, row) -> {
          if (id.table().equals(table.name())) {
            found.put(id, new LinkedHashMap<>(row));
          }
        });
    return found;
  }

  private static Map<String, @Nullable Object> fresh(RowChange change) {
    var row = new LinkedHashMap<String, @Nullable Object>();
    var key = change.table().key();
    for (var i = 0; i < key.size(); i++) {
      row.put(key.get(i).name(), change.key().get(i));
    }
    for (var column : change.table().values()) {
      row.put(column.name(), absent(column));
    }
    return row;
  }

  private static @Nullable Object absent(Column column) {
    return switch (column.kind()) {
      case INTEGER -> 0L;
      case DECIMAL -> BigDecimal.ZERO.setScale(column.scale());
      case BOOL -> false;
      default -> null;
    };
  }

  private static Object sum(@Nullable Object before, @Nullable Object amount) {
    if (before instanceof Long a && amount instanceof Long b) {
      return Math.addExact(a, b);
    }
    if (before instanceof BigDecimal a && amount instanceof BigDecimal b) {
      return a.add(b);
    }
    throw new IllegalStateException("can't add " + amount + " to " + before);
  }
}

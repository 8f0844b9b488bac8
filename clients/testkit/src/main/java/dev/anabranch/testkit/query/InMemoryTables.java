package dev.anabranch.testkit.query;

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
    if (change.isUnder()) {
      rows.keySet().removeIf(id -> isUnder(id, change.id()));
    } else if (change.isDelete()) {
      rows.remove(change.id());
    }
    if (!change.isWrite()) {
      return;
    }
    var row = rows.computeIfAbsent(change.id(), id -> fresh(change));
    row.putAll(change.set());
    change.add().forEach((column, amount) -> row.put(column, sum(row.get(column), amount)));
  }

  /** Makes the changes of one batch: all deletions first. */
  public synchronized void apply(Collection<RowChange> changes) {
    changes.stream().filter(RowChange::isUnder).forEach(this::apply);
    changes.stream().filter(change -> !change.isUnder()).forEach(this::apply);
  }

  private static boolean isUnder(RowId row, RowId under) {
    return row.table().equals(under.table())
        && new RowId(row.table(), row.key().subList(0, under.key().size())).equals(under);
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
      row.put(column.name(), column.absent());
    }
    return row;
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

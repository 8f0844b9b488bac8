package dev.anabranch.projection;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of one row: columns to set, numbers to add, or its deletion. Made by {@link
 * QueryTable#row}; immutable, each call gives another change.
 *
 * <p><b>Meaning.</b> A row that is not there is made, and has NULL, 0 or {@code false} in columns
 * that the change does not name. Columns of a row that is there keep what the change does not name.
 *
 * <p><b>Shared rows.</b> Rows that events of several aggregates change (counts, sums) must only be
 * added to: additions commute, so the order in which aggregates come does not matter. Setting such
 * a column would leave whatever came last.
 */
public final class RowChange {

  private final QueryTable table;
  private final RowId id;
  private final boolean delete;
  private final boolean write;
  private final ColumnValues set;
  private final ColumnValues add;

  private RowChange(
      QueryTable table,
      RowId id,
      boolean delete,
      boolean write,
      ColumnValues set,
      ColumnValues add) {
    this.table = table;
    this.id = id;
    this.delete = delete;
    this.write = write;
    this.set = set;
    this.add = add;
  }

  static RowChange of(QueryTable table, List<Object> key) {
    var id = new RowId(table.name(), List.copyOf(key));
    return new RowChange(table, id, false, true, ColumnValues.NONE, ColumnValues.NONE);
  }

  /** Deletes all rows whose key begins with this value. */
  static RowChange deletionUnder(QueryTable table, String firstOfKey) {
    var first = Objects.requireNonNull(table.key().get(0).checked(firstOfKey));
    var id = new RowId(table.name(), List.of(first));
    return new RowChange(table, id, true, false, ColumnValues.NONE, ColumnValues.NONE);
  }

  /** Returns the change with all other columns set to what a fresh row has. */
  RowChange complete() {
    var all = set;
    for (var column : table.values()) {
      if (!set.containsKey(column.name())) {
        all = all.with(column.name(), column.absent());
      }
    }
    return new RowChange(table, id, delete, write, all, add);
  }

  /**
   * Sets a column.
   *
   * @throws IllegalArgumentException if the table has no such column, or it does not take the value
   */
  public RowChange set(String column, @Nullable Object value) {
    var checked = table.value(column).checked(value);
    return new RowChange(table, id, delete, true, set.with(column, checked), add.without(column));
  }

  /** Adds to a column, which may be negative. */
  public RowChange add(String column, long amount) {
    var target = table.value(column);
    return add(
        target,
        target.kind() == Column.Kind.DECIMAL ? BigDecimal.valueOf(amount) : (Object) amount);
  }

  /** Adds to a column, which may be negative. */
  public RowChange add(String column, BigDecimal amount) {
    return add(table.value(column), amount);
  }

  /** Deletes the row if it is there; what was set and added before is void. */
  public RowChange delete() {
    return new RowChange(table, id, true, false, ColumnValues.NONE, ColumnValues.NONE);
  }

  private RowChange add(Column column, Object amount) {
    if (!column.isNumber()) {
      throw new IllegalArgumentException("column " + column.name() + " is no number to add to");
    }
    var checked = column.checked(amount);
    var name = column.name();
    if (set.containsKey(name)) {
      var total = column.checked(sum(set.get(name), checked));
      return new RowChange(table, id, delete, true, set.with(name, total), add);
    }
    var total = add.containsKey(name) ? column.checked(sum(add.get(name), checked)) : checked;
    return new RowChange(table, id, delete, true, set, add.with(name, total));
  }

  /**
   * This change and then another one of the same row, as one.
   *
   * @throws IllegalArgumentException if a sum is more than its column takes
   */
  public RowChange then(RowChange later) {
    if (later.delete) {
      return later;
    }
    var newSet = set;
    var newAdd = add;
    for (var entry : later.set.entrySet()) {
      newSet = newSet.with(entry.getKey(), entry.getValue());
      newAdd = newAdd.without(entry.getKey());
    }
    for (var entry : later.add.entrySet()) {
      var column = entry.getKey();
      if (newSet.containsKey(column)) {
        newSet = newSet.with(column, total(column, newSet.get(column), entry.getValue()));
      } else {
        newAdd = newAdd.with(column, total(column, newAdd.get(column), entry.getValue()));
      }
    }
    return new RowChange(table, id, delete, true, newSet, newAdd);
  }

  private @Nullable Object total(String column, @Nullable Object before, @Nullable Object more) {
    return before == null ? more : table.value(column).checked(sum(before, more));
  }

  private static Object sum(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      try {
        return Math.addExact(x, y);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("the sum of " + x + " and " + y + " is too large");
      }
    }
    if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      return x.add(y);
    }
    throw new IllegalStateException("not two numbers of one kind: " + a + ", " + b);
  }

  public QueryTable table() {
    return table;
  }

  /** In the order of the table's {@link QueryTable#key}. */
  public List<Object> key() {
    return id.key();
  }

  /** Whether it names the beginning of a key only: a deletion of all rows under it. */
  public boolean isUnder() {
    return key().size() < table.key().size();
  }

  /** Whether a row that is there goes first. */
  public boolean isDelete() {
    return delete;
  }

  /** Whether a row is there afterwards for sure. */
  public boolean isWrite() {
    return write;
  }

  /** Values to set, by column, in the order of the names. */
  public Map<String, @Nullable Object> set() {
    return set;
  }

  /** Numbers to add, by column, in the order of the names. */
  public Map<String, @Nullable Object> add() {
    return add;
  }

  /** Table and key as a key of maps, also where the key holds bytes. */
  public RowId id() {
    return id;
  }

  /** The row that a change is of; ordered by table, then key. */
  public record RowId(String table, List<Object> key) implements Comparable<RowId> {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RowId that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return 31 * table.hashCode() + Arrays.deepHashCode(key.toArray());
    }

    @Override
    public int compareTo(RowId other) {
      var order = table.compareTo(other.table);
      for (var i = 0; order == 0 && i < Math.min(key.size(), other.key.size()); i++) {
        order = compare(key.get(i), other.key.get(i));
      }
      return order != 0 ? order : Integer.compare(key.size(), other.key.size());
    }

    @SuppressWarnings("unchecked") // all kinds of values but bytes are comparable with themselves
    private static int compare(Object a, Object b) {
      return a instanceof byte[] x && b instanceof byte[] y
          ? Arrays.compareUnsigned(x, y)
          : ((Comparable<Object>) a).compareTo(b);
    }
  }

  /** Whether both ask for the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowChange that
        && id().equals(that.id())
        && delete == that.delete
        && write == that.write
        && same(set.entrySet(), that.set)
        && same(add.entrySet(), that.add);
  }

  private static <V extends @Nullable Object> boolean same(
      Set<Entry<String, V>> entries, Map<String, V> others) {
    return entries.size() == others.size()
        && entries.stream()
            .allMatch(
                entry ->
                    others.containsKey(entry.getKey())
                        && Arrays.deepEquals(
                            new Object[] {entry.getValue()},
                            new Object[] {others.get(entry.getKey())}));
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  /** Readable: {@code balances[a1] set {owner=Ann} add {balance=5}}. */
  @Override
  public String toString() {
    var text = new StringBuilder(table.name()).append(shown(key()));
    if (delete) {
      text.append(write ? " delete, make" : " delete");
    }
    if (!set.isEmpty()) {
      text.append(" set ").append(shown(set));
    }
    if (!add.isEmpty()) {
      text.append(" add ").append(shown(add));
    }
    return text.toString();
  }

  private static Object shown(List<Object> values) {
    var shown = new ArrayList<Object>();
    values.forEach(value -> shown.add(shownValue(value)));
    return shown;
  }

  private static Object shown(Map<String, ? extends @Nullable Object> values) {
    var shown = new LinkedHashMap<String, Object>();
    values.forEach((name, value) -> shown.put(name, shownValue(value)));
    return shown;
  }

  private static Object shownValue(@Nullable Object value) {
    return value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
  }
}

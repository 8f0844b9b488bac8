package dev.anabranch.projection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table of the query database that a projection fills: its name, its key, its columns and the
 * indexes that readers want.
 *
 * <pre>{@code
 * static final QueryTable BALANCES =
 *     QueryTable.named("balances")
 *         .key(Column.text("account", 128))
 *         .columns(Column.text("owner", 100), Column.integer("balance"))
 *         .index("by_balance", "balance")
 *         .build();
 * }</pre>
 *
 * <p>Readers see a view with this name. Behind it is one physical table per version of the
 * projection, {@code balances_v1}, {@code balances_v2} ...
 */
public final class QueryTable {

  /** Longest name; leaves room for what physical names add. */
  public static final int MAX_NAME_LENGTH = 48;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final Pattern RESERVED =
      Pattern.compile("projection(_.*)?|anabranch_.*|.*_v\\d+|.*__.*");
  private static final int MAX_KEY_BYTES = 3_072;
  private static final int MAX_INDEXES = 20;
  private static final int MAX_INDEX_COLUMNS = 16;

  /** What MySQL and MariaDB take: columns of a table, bytes of a row as declared. */
  private static final int MAX_COLUMNS = 1_000;

  private static final int MAX_ROW_BYTES = 65_535;

  /** What a page of InnoDB takes of a row beside what it can store elsewhere, less some room. */
  private static final int MAX_PAGE_BYTES = 8_000;

  private final String name;
  private final List<Column> key;
  private final Map<String, Column> values;
  private final List<Index> indexes;

  /** An index for readers. */
  public record Index(String name, List<String> columns) {
    public Index {
      columns = List.copyOf(columns);
    }
  }

  private QueryTable(Builder b) {
    name = b.name;
    key = List.copyOf(b.key);
    values = b.values;
    indexes = List.copyOf(b.indexes);
  }

  /**
   * Begins the declaration of a table.
   *
   * @param name {@code [a-z][a-z0-9_]{0,47}}, not beginning with {@code projection_} or {@code
   *     anabranch_}, without two underscores in a row, not ending like a version ({@code _v1})
   */
  public static Builder named(String name) {
    if (!NAME.matcher(name).matches() || RESERVED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "table name '"
              + name
              + "' must match "
              + NAME.pattern()
              + ", must not begin with projection_ or anabranch_, hold __ or end like _v1");
    }
    return new Builder(name);
  }

  public String name() {
    return name;
  }

  public List<Column> key() {
    return key;
  }

  /** The columns that are no part of the key, in the order of their declaration. */
  public List<Column> values() {
    return List.copyOf(values.values());
  }

  public List<Index> indexes() {
    return indexes;
  }

  /**
   * The row with this key, to be changed: {@code BALANCES.row("a1").set("owner", "Ann")}.
   *
   * @throws IllegalArgumentException if the key has other parts than was declared
   */
  public RowChange row(Object... keyValues) {
    if (keyValues.length != key.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the key of table %s has %d parts, not %d",
              name,
              key.size(),
              keyValues.length));
    }
    var checked = new ArrayList<Object>(keyValues.length);
    for (var i = 0; i < keyValues.length; i++) {
      var value = keyValues[i] == null ? null : key.get(i).checked(keyValues[i]);
      if (value == null) {
        throw new IllegalArgumentException(
            "column " + key.get(i).name() + " is part of the key of " + name + ", never NULL");
      }
      checked.add(value);
    }
    return RowChange.of(this, checked);
  }

  /**
   * The column that is no part of the key.
   *
   * @throws IllegalArgumentException if there is none
   */
  Column value(String column) {
    var found = values.get(column);
    if (found == null) {
      throw new IllegalArgumentException(
          "table %s has no column %s to change; it has %s"
              .formatted(name, column, String.join(", ", values.keySet())));
    }
    return found;
  }

  /**
   * The declaration as text. Stored with each version: a version of another text has other tables.
   */
  public String definition() {
    var text = new StringBuilder(name).append(" key(");
    text.append(key.stream().map(Column::toString).collect(Collectors.joining(", ")));
    text.append(") columns(");
    text.append(values.values().stream().map(Column::toString).collect(Collectors.joining(", ")));
    text.append(")");
    for (var index : indexes) {
      text.append(" index ").append(index.name).append(index.columns);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects what a table has; {@link #build} checks it. */
  public static final class Builder {
    private final String name;
    private final List<Column> key = new ArrayList<>();
    private final Map<String, Column> values = new LinkedHashMap<>();
    private final List<Index> indexes = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /** The columns that identify a row, the most telling first. */
    public Builder key(Column... columns) {
      key.addAll(List.of(columns));
      return this;
    }

    public Builder columns(Column... columns) {
      for (var column : columns) {
        var before = values.put(column.name(), column);
        require(before == null, "has two columns " + column.name());
      }
      return this;
    }

    /** An index for readers; it costs each change of its columns. */
    public Builder index(String indexName, String... columns) {
      indexes.add(new Index(indexName, List.of(columns)));
      return this;
    }

    /**
     * @throws IllegalArgumentException if it can't be a table; the message says why
     */
    public QueryTable build() {
      require(!key.isEmpty(), "has no key; call .key(...)");
      require(keyBytes(key) <= MAX_KEY_BYTES, "has a key of more than " + MAX_KEY_BYTES + " bytes");
      var all = new LinkedHashMap<>(values);
      for (var column : key) {
        require(column.kind() != Column.Kind.LONG_TEXT, "has a long text in its key");
        require(all.put(column.name(), column) == null, "has two columns " + column.name());
      }
      require(
          key.size() <= MAX_INDEX_COLUMNS,
          "has a key of more than " + MAX_INDEX_COLUMNS + " columns");
      requireRowFits(all.values());
      require(indexes.size() <= MAX_INDEXES, "has more than " + MAX_INDEXES + " indexes");
      var names = new HashSet<String>();
      for (var index : indexes) {
        require(NAME.matcher(index.name).matches(), "has an index named '" + index.name + "'");
        require(names.add(index.name), "has two indexes " + index.name);
        require(
            !index.name.equals("primary"),
            "has an index named primary, which is the name of the key's; give it another");
        require(
            new HashSet<>(index.columns).size() == index.columns.size(),
            "has an index " + index.name + " that names a column twice: " + index.columns);
        require(
            index.columns.size() <= MAX_INDEX_COLUMNS,
            "has an index " + index.name + " of more than " + MAX_INDEX_COLUMNS + " columns");
        var columns = new ArrayList<Column>();
        for (var column : index.columns) {
          var found = all.get(column);
          require(found != null, "has an index of column " + column + ", which it has not");
          columns.add(found);
        }
        require(
            !columns.isEmpty()
                && columns.stream().noneMatch(c -> c.kind() == Column.Kind.LONG_TEXT)
                && keyBytes(columns) <= MAX_KEY_BYTES,
            "has an index " + index.name + " that is empty, too long, or of a long text");
      }
      return new QueryTable(this);
    }

    private void requireRowFits(Collection<Column> all) {
      require(all.size() <= MAX_COLUMNS, "has more than " + MAX_COLUMNS + " columns");
      var row = 2 + all.size() / 8;
      var page = 20 + all.size() / 8;
      for (var column : all) {
        row += declaredBytes(column);
        page += pageBytes(column);
        require(
            row <= MAX_ROW_BYTES,
            "is too wide: with column "
                + column.name()
                + " a row may have "
                + row
                + " bytes, "
                + MAX_ROW_BYTES
                + " is the limit (a text counts four for each character); shorten some, or declare"
                + " long texts as Column.longText");
        require(
            page <= MAX_PAGE_BYTES,
            "is too wide: with column "
                + column.name()
                + " a row has "
                + page
                + " bytes that must be in one page, "
                + MAX_PAGE_BYTES
                + " is the limit (texts of up to 63 characters count in full, longer ones 40);"
                + " split the table");
      }
    }

    private static int declaredBytes(Column column) {
      return switch (column.kind()) {
        case TEXT -> 4 * column.length() + 2;
        case BYTES -> column.length() + 2;
        case LONG_TEXT -> 12;
        case DECIMAL -> column.length() / 2 + 4;
        case INTEGER, TIMESTAMP -> 8;
        case BOOL -> 1;
      };
    }

    /** A part of the key is in the page in full, and so is what is too short to lie elsewhere. */
    private int pageBytes(Column column) {
      var declared = declaredBytes(column);
      var isLong =
          column.kind() == Column.Kind.LONG_TEXT || (declared > 255 && !key.contains(column));
      return isLong ? 40 : declared;
    }

    private static int keyBytes(List<Column> columns) {
      return columns.stream()
          .mapToInt(
              column ->
                  switch (column.kind()) {
                    case TEXT -> 4 * column.length();
                    case BYTES -> column.length();
                    default -> 32;
                  })
          .sum();
    }

    private void require(boolean holds, String what) {
      if (!holds) {
        throw new IllegalArgumentException("table " + name + " " + what);
      }
    }
  }
}

package dev.anabranch.cli.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns that line up; the last one is as long as it is. */
public final class Table {

  private static final String BETWEEN = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;
  private final boolean[] right;

  /** The headings; one that begins with '>' heads a column of numbers, aligned to the right. */
  public Table(String... headings) {
    columns = headings.length;
    right = new boolean[columns];
    var first = new ArrayList<String>();
    for (var i = 0; i < columns; i++) {
      right[i] = headings[i].startsWith(">");
      first.add(right[i] ? headings[i].substring(1) : headings[i]);
    }
    rows.add(first);
  }

  public void row(String... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
    }
    rows.add(List.of(cells));
  }

  public void print(PrintWriter out, Style style) {
    for (var i = 0; i < rows.size(); i++) {
      var line = line(rows.get(i));
      out.println(i == 0 ? style.bold(line) : line);
    }
    out.flush();
  }

  private String line(List<String> cells) {
    var line = new StringBuilder();
    for (var column = 0; column < columns; column++) {
      var cell = cells.get(column);
      var padding = " ".repeat(width(column) - length(cell));
      if (right[column]) {
        line.append(padding).append(cell);
      } else {
        line.append(cell).append(column == columns - 1 ? "" : padding);
      }
      line.append(column == columns - 1 ? "" : BETWEEN);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}

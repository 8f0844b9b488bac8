package dev.anabranch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws the pictures of {@code docs/pictures}: each text file there becomes an SVG beside it. The
 * same text gives the same bytes on every machine, so a test can compare them. That is why no tool
 * with a layout of its own is used: such a tool measures the fonts of the machine.
 *
 * <p>{@code java clients/playground/src/test/java/dev/anabranch/Picture.java docs/pictures} makes
 * them again. A line of a text file is one of these; a text after {@code |} is shown, one line for
 * each {@code |}:
 *
 * <ul>
 *   <li>{@code size W H}: width and height
 *   <li>{@code region|band|job|topic|store|client ID X Y W H | text}: a shape
 *   <li>{@code commit ID X Y COLOR | text}: a circle with its text below
 *   <li>{@code line COLOR POINT POINT...}, {@code arrow}, {@code dashed}: through points, each
 *       {@code X,Y} or {@code ID.SIDE} or {@code ID.SIDE@FRACTION}
 *   <li>{@code step COLOR NAME X Y}: a small disc with a number or letter
 *   <li>{@code text STYLE X Y | text}: STYLE is normal, small, strong or title
 * </ul>
 */
final class Picture {

  private static final Map<String, String> COLORS =
      Map.of("grey", "#4b5563", "blue", "#1d4ed8", "red", "#b3261e", "green", "#2f7d4f");

  private static final double LINE_HEIGHT = 16;

  private record Box(double x, double y, double w, double h) {

    private double[] point(String side, double fraction) {
      return switch (side) {
        case "left" -> new double[] {x, y + fraction * h};
        case "right" -> new double[] {x + w, y + fraction * h};
        case "top" -> new double[] {x + fraction * w, y};
        case "bottom" -> new double[] {x + fraction * w, y + h};
        default -> throw new IllegalArgumentException("no side: " + side);
      };
    }
  }

  private final Map<String, Box> boxes = new HashMap<>();
  private final StringBuilder shapes = new StringBuilder();
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder labels = new StringBuilder();
  private String width = "";
  private String height = "";

  private Picture() {}

  public static void main(String[] args) throws IOException {
    for (var source : sources(Path.of(args[0]))) {
      Files.writeString(svg(source), draw(Files.readString(source)));
      System.out.println(svg(source));
    }
  }

  /** The text files of the folder. */
  static List<Path> sources(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  static Path svg(Path source) {
    return source.resolveSibling(source.getFileName().toString().replace(".txt", ".svg"));
  }

  static String draw(String text) {
    var picture = new Picture();
    var number = 0;
    for (var line : text.split("\n")) {
      number++;
      try {
        if (!line.isBlank() && !line.startsWith("#")) {
          picture.add(line);
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("line " + number + ": " + line, e);
      }
    }
    return picture.svg();
  }

  private void add(String line) {
    var parts = line.split("\\|");
    var texts = new ArrayList<String>();
    for (var i = 1; i < parts.length; i++) {
      texts.add(parts[i].strip());
    }
    var words = parts[0].strip().split("\\s+");
    switch (words[0]) {
      case "size" -> size(words);
      case "region", "band", "job", "topic", "store", "client" -> shape(words, texts);
      case "commit" -> commit(words, texts);
      case "line", "arrow", "dashed" -> path(words);
      case "step" -> step(words);
      case "text" -> text(words[1], number(words[2]), number(words[3]), "middle", texts);
      default -> throw new IllegalArgumentException("unknown: " + words[0]);
    }
  }

  private void size(String[] words) {
    width = words[1];
    height = words[2];
  }

  private void shape(String[] words, List<String> texts) {
    var box = new Box(number(words[2]), number(words[3]), number(words[4]), number(words[5]));
    boxes.put(words[1], box);
    var kind = words[0];
    if (kind.equals("store")) {
      cylinder(box);
    } else {
      shapes.append(
          tag(
              "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>",
              kind, box.x, box.y, box.w, box.h, kind.equals("topic") ? box.h / 2 : 8));
    }
    if (kind.equals("region") || kind.equals("band")) {
      text("strong", box.x + 14, box.y + 22, "start", texts);
      return;
    }
    var middle = box.y + box.h / 2 + (kind.equals("store") ? 6 : 0);
    var first = middle - (texts.size() - 1) * LINE_HEIGHT / 2 + 4.5;
    text(kind + "-text", box.x + box.w / 2, first, "middle", texts);
  }

  private void cylinder(Box box) {
    var r = 9;
    shapes.append(
        tag(
            "<path class=\"store\" d=\"M%s %s v%s a%s %s 0 0 0 %s 0 v-%s\"/>",
            box.x, box.y + r, box.h - 2 * r, box.w / 2, r, box.w, box.h - 2 * r));
    shapes.append(
        tag(
            "<ellipse class=\"store\" cx=\"%s\" cy=\"%s\" rx=\"%s\" ry=\"%s\"/>",
            box.x + box.w / 2, box.y + r, box.w / 2, r));
  }

  private void commit(String[] words, List<String> texts) {
    var x = number(words[2]);
    var y = number(words[3]);
    boxes.put(words[1], new Box(x - 11, y - 11, 22, 22));
    shapes.append(tag("<circle cx=\"%s\" cy=\"%s\" r=\"11\" fill=\"%s\"/>", x, y, color(words[4])));
    text("small", x, y + 29, "middle", texts);
  }

  private void path(String[] words) {
    var points = new ArrayList<String>();
    for (var i = 2; i < words.length; i++) {
      points.add(point(words[i]));
    }
    var way = String.join(" ", points);
    lines.append(tag("<polyline class=\"halo\" points=\"%s\"/>", way));
    lines.append(
        tag(
            "<polyline class=\"way%s\" points=\"%s\" stroke=\"%s\"%s/>",
            words[0].equals("dashed") ? " dashed" : "",
            way,
            color(words[1]),
            words[0].equals("line") ? "" : " marker-end=\"url(#" + words[1] + ")\""));
  }

  private String point(String word) {
    if (word.contains(",")) {
      return word;
    }
    var dot = word.lastIndexOf('.', word.contains("@") ? word.indexOf('@') : word.length());
    var side = word.substring(dot + 1).split("@");
    var box = boxes.get(word.substring(0, dot));
    if (box == null) {
      throw new IllegalArgumentException("no shape: " + word.substring(0, dot));
    }
    var at = box.point(side[0], side.length == 1 ? 0.5 : number(side[1]));
    return shown(at[0]) + "," + shown(at[1]);
  }

  private void step(String[] words) {
    var x = number(words[3]);
    var y = number(words[4]);
    labels.append(
        tag(
            "<circle class=\"step\" cx=\"%s\" cy=\"%s\" r=\"10\" fill=\"%s\"/>",
            x, y, color(words[1])));
    text("step-text", x, y + 4, "middle", List.of(words[2]));
  }

  private void text(String style, double x, double y, String anchor, List<String> texts) {
    for (var i = 0; i < texts.size(); i++) {
      labels.append(
          tag(
              "<text class=\"%s%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>",
              style, i == 0 ? " first" : "", x, y + i * LINE_HEIGHT, anchor, texts.get(i)));
    }
  }

  private String svg() {
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 W H" width="W" height="H">
        <!-- Made by clients/playground/src/test/java/dev/anabranch/Picture.java: change the .txt beside. -->
        <style>
        text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: 13px; fill: #1f2937 }
        .page { fill: #ffffff; stroke: #d0d7de }
        .region { fill: #f3f6fb; stroke: #9fb2cc }
        .band { fill: #fdecea; stroke: #e3b5b1 }
        .job { fill: #27496d; stroke: #162f4a }
        .topic { fill: #fff3d1; stroke: #c2912b }
        .store { fill: #dff1e4; stroke: #3f8f5b }
        .client { fill: #ffffff; stroke: #6b7280 }
        .job-text { fill: #ffffff; font-size: 12px }
        .job-text.first { font-weight: bold; font-size: 14px }
        .store-text.first, .client-text.first, .strong { font-weight: bold }
        .title { font-weight: bold; font-size: 15px }
        .small { font-size: 12px; fill: #374151 }
        .small.first { font-weight: bold }
        .step { stroke: #ffffff; stroke-width: 2 }
        .step-text { fill: #ffffff; font-size: 12px; font-weight: bold }
        .halo { fill: none; stroke: #ffffff; stroke-opacity: 0.8; stroke-width: 6 }
        .way { fill: none; stroke-width: 1.8; stroke-linejoin: round }
        .dashed { stroke-dasharray: 5 4 }
        </style>
        <defs>
        MARKERS</defs>
        <rect class="page" x="0.5" y="0.5" width="W1" height="H1" rx="10"/>
        """
            .replace("W1", shown(number(width) - 1))
            .replace("H1", shown(number(height) - 1))
            .replace("0 0 W H", "0 0 " + width + " " + height)
            .replace("\"W\"", "\"" + width + "\"")
            .replace("\"H\"", "\"" + height + "\"")
            .replace("MARKERS", markers())
        + shapes
        + lines
        + labels
        + "</svg>\n";
  }

  private static String markers() {
    return COLORS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            color ->
                tag(
                    "<marker id=\"%s\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\""
                        + " markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\""
                        + " orient=\"auto\"><path d=\"M0 0 L10 5 L0 10 z\" fill=\"%s\"/></marker>",
                    color.getKey(), color.getValue()))
        .collect(Collectors.joining());
  }

  private static String tag(String format, Object... values) {
    var shown = new Object[values.length];
    for (var i = 0; i < values.length; i++) {
      shown[i] =
          values[i] instanceof Number number
              ? shown(number.doubleValue())
              : String.valueOf(values[i]);
    }
    return String.format(Locale.ROOT, format, shown) + "\n";
  }

  private static String shown(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String color(String name) {
    var color = COLORS.get(name);
    if (color == null) {
      throw new IllegalArgumentException("no color: " + name + "; there are " + COLORS.keySet());
    }
    return color;
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }
}

package dev.anabranch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages name is there: files, headings, classes, decisions. */
class PagesTest {

  private static final int COLUMNS = 100;

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern UNBROKEN = Pattern.compile("\\[[^]]*]\\([^)]*\\)|`[^`]*`");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");

  /** A class, nested ones behind a dot, and perhaps a member of it; an ellipsis ends its name. */
  private static final Pattern CLASS =
      Pattern.compile(
          "([A-Z](?:\\w(?!__))*[a-z]\\w*)((?:\\.[A-Z]\\w*[a-z]\\w*)*)(?:\\.([a-z]\\w*))?(…)?");

  private static final Pattern INDEX_ROW =
      Pattern.compile("\\| \\[(\\d{4})]\\(([^)]+)\\) \\| .+ \\|");
  private static final Pattern NOT_USED =
      Pattern.compile("\\| (\\d{4}) \\| \\*not used: .+\\* \\|");
  private static final Pattern STEP = Pattern.compile("\\| .+ \\| `(\\w+)` \\| `([\\w/-]+)` \\|");
  private static final Pattern ADR_FILE = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");

  /** Of the JDK, of Flink, or a check of Error Prone. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "DefaultLocale",
          "Instant",
          "LogTruncationException",
          "KafkaSource",
          "OptionalDouble",
          "String",
          "StringCaseLocaleUsage");

  @Test
  void everyLinkLeadsToAFileAndItsHeading() throws IOException {
    var broken = new ArrayList<String>();
    var count = 0;
    for (var page : Pages.all()) {
      var links = LINK.matcher(Pages.prose(page));
      while (links.find()) {
        var target = links.group(1);
        if (!target.matches("[a-z]+:.*")) {
          count++;
          if (!leadsSomewhere(page, target)) {
            broken.add(relative(page) + ": " + target);
          }
        }
      }
    }

    assertThat(broken).as("broken links").isEmpty();
    assertThat(count).isGreaterThan(100);
  }

  /** Tables, code and what can't be broken may be wider. */
  @Test
  void pagesWrapWhereTheCodeDoes() throws IOException {
    var wide = new ArrayList<String>();
    for (var page : Pages.all()) {
      Pages.prose(page)
          .lines()
          .filter(line -> line.length() > COLUMNS && !line.startsWith("|"))
          .filter(line -> UNBROKEN.matcher(line).replaceAll("").strip().contains(" "))
          .forEach(line -> wide.add(relative(page) + ": " + line));
    }

    assertThat(wide).as("lines of more than %d columns", COLUMNS).isEmpty();
    assertThat(Pages.text(Pages.root().resolve("README.md")).lines()).hasSizeLessThan(250);
  }

  @Test
  void everyClassNamedInTheInternalsExists() throws IOException {
    var classes = Pages.classes();
    var missing = new TreeSet<String>();
    var count = 0;
    for (var page : internals()) {
      var spans = CODE.matcher(Pages.prose(page));
      while (spans.find()) {
        var named = CLASS.matcher(spans.group(1));
        if (named.matches() && !ELSEWHERE.contains(named.group(1))) {
          count++;
          if (!exists(classes, Named.of(named))) {
            missing.add(relative(page) + ": " + spans.group(1));
          }
        }
      }
    }

    assertThat(missing).as("classes and members that the tree does not have").isEmpty();
    assertThat(count).isGreaterThan(100);
  }

  @Test
  void eachStepOfTheArchitectureLivesWhereItsPageSays() throws IOException {
    var page = Pages.root().resolve("docs/architecture.md");
    var classes = Pages.classes();
    var elsewhere = new ArrayList<String>();
    var count = 0;
    for (var line : Pages.text(page).split("\n")) {
      var step = STEP.matcher(line);
      if (step.matches()) {
        count++;
        if (classes.getOrDefault(step.group(1), List.of()).stream()
            .noneMatch(file -> isIn(step.group(2), file))) {
          elsewhere.add(step.group(1) + " is not in " + step.group(2));
        }
      }
    }

    assertThat(elsewhere).as("steps of " + relative(page)).isEmpty();
    assertThat(count).isGreaterThan(15);
  }

  @Test
  void theIndexOfDecisionsIsWhole() throws IOException {
    var files = new TreeMap<String, String>();
    try (var folder = Files.list(decisions())) {
      folder
          .map(file -> ADR_FILE.matcher(file.getFileName().toString()))
          .filter(name -> name.matches())
          .forEach(name -> files.put(name.group(1), name.group()));
    }
    var index = decisions().resolve("README.md");
    var listed = new TreeMap<String, String>();
    var numbers = new ArrayList<String>();
    for (var line : Pages.text(index).split("\n")) {
      var row = INDEX_ROW.matcher(line);
      var unused = NOT_USED.matcher(line);
      if (row.matches()) {
        listed.put(row.group(1), row.group(2));
        numbers.add(row.group(1));
      } else if (unused.matches()) {
        numbers.add(unused.group(1));
      }
    }

    assertThat(listed).as("rows of " + relative(index)).isEqualTo(files);
    assertThat(numbers).as("numbers: a decision, or a word why there is none").isSorted();
    assertThat(numbers).doesNotHaveDuplicates().hasSize(Integer.parseInt(files.lastKey()));
  }

  @Test
  void everyDecisionHasOneForm() throws IOException {
    var others = new ArrayList<String>();
    for (var page : Pages.all()) {
      var name = ADR_FILE.matcher(page.getFileName().toString());
      if (!page.startsWith(decisions()) || !name.matches()) {
        continue;
      }
      var text = Pages.text(page);
      for (var part :
          List.of(
              "# " + name.group(1) + ": ",
              "\n**Context.** ",
              "\n**Decision.** ",
              "\n**Consequences.** ")) {
        if (!("\n" + text).contains(part)) {
          others.add(relative(page) + " lacks " + part.strip());
        }
      }
    }

    assertThat(others).isEmpty();
  }

  private static boolean leadsSomewhere(Path page, String target) {
    var parts = target.split("#", 2);
    var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(file)
        && (parts.length == 1
            || !file.toString().endsWith(".md")
            || Pages.anchors(file).contains(parts[1]));
  }

  /**
   * @param nested names of nested classes, a dot before each; empty: none is named
   * @param member of the class; empty: none is named
   * @param isCut whether the last name goes on
   */
  private record Named(String type, String nested, String member, boolean isCut) {
    static Named of(Matcher found) {
      return new Named(
          found.group(1),
          found.group(2),
          Objects.requireNonNullElse(found.group(3), ""),
          found.group(4) != null);
    }
  }

  /** In the file of its name, or nested in another one of the tree. */
  private static boolean exists(Map<String, List<Path>> classes, Named named) {
    var files =
        classes.entrySet().stream()
            .filter(
                entry ->
                    named.isCut && named.member.isEmpty()
                        ? entry.getKey().startsWith(named.type)
                        : entry.getKey().equals(named.type))
            .flatMap(entry -> entry.getValue().stream())
            .map(Pages::text)
            .toList();
    if (files.isEmpty()) {
      return named.member.isEmpty() && named.nested.isEmpty() && isNested(classes, named.type);
    }
    var member = Pattern.compile("\\b" + named.member + (named.isCut ? "" : "\\b"));
    return files.stream()
        .anyMatch(
            text ->
                Stream.of(named.nested.split("\\."))
                        .allMatch(part -> part.isEmpty() || declares(text, part))
                    && member.matcher(text).find());
  }

  /**
   * @param folder a module, or a module and a package in it
   */
  /** A folder is a module, or packages below it. */
  private static boolean isIn(String folder, Path file) {
    var packages = Pages.root().resolve(folder);
    for (var module = packages; !module.equals(Pages.root()); module = module.getParent()) {
      var sources = module.resolve("src/main/java");
      if (Files.exists(sources)) {
        var rest = module.relativize(packages).toString();
        return file.startsWith(sources)
            && (rest.isEmpty() || sources.relativize(file).toString().contains("/" + rest + "/"));
      }
    }
    return false;
  }

  private static boolean isNested(Map<String, List<Path>> classes, String name) {
    return classes.values().stream()
        .flatMap(List::stream)
        .anyMatch(file -> declares(Pages.text(file), name));
  }

  private static boolean declares(String text, String name) {
    return Pattern.compile("\\b(?:class|record|interface|enum) " + name + "\\b")
        .matcher(text)
        .find();
  }

  private static List<Path> internals() throws IOException {
    var folder = Pages.root().resolve("docs/internals");
    return Pages.all().stream().filter(page -> page.startsWith(folder)).toList();
  }

  private static Path decisions() {
    return Pages.root().resolve("docs/adr");
  }

  private static String relative(Path file) {
    return Pages.root().relativize(file).toString();
  }
}

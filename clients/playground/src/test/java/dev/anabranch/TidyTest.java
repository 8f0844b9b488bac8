package dev.anabranch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/**
 * House rules that neither compiler nor formatter knows, checked on the source tree as text. Each
 * finding is printed as {@code path:line text}.
 */
class TidyTest {

  private static final int LINES_MAX = 500;

  /** More than so many files in a room, and nobody sees what belongs together. */
  private static final int FILES_MAX = 25;

  private static final Pattern SOURCE =
      Pattern.compile("(?!(?:.*/)?target/)(?:.*/)?src/(?:main|test)/java/.*\\.java");

  // Written so that this file does not find itself.
  private static final Pattern LEFTOVER =
      Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME)\\b(?!\\(#\\d+\\))");
  private static final Pattern SLEEP =
      Pattern.compile("\\b(?:Thread|TimeUnit\\.[A-Z]+|[A-Z]+S)\\.sleep\\(");
  // A long reason stands on the next line.
  private static final Pattern NO_REASON =
      Pattern.compile("@(?:[\\w.]+\\.)?Dis" + "abled\\b(?!\\(\\s*(?:$|(?:value\\s*=\\s*)?\"))");
  private static final Pattern FRAGMENT =
      Pattern.compile(
          "/\\*\\*\\s+(?:\\*\\s+)?(?:Of|With|The same|Null|Empty|False|True|Beside|Which|Whose|As)\\b");
  private static final Pattern VAGUE_PACKAGE =
      Pattern.compile(".*/java/(?:.*/)?(?:utils?|commons?|impl|managers?|services?)/[^/]+");

  private static Path root;
  private static List<Path> sources;

  @BeforeAll
  static void findSources() throws IOException {
    root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    try (Stream<Path> files = Files.walk(root)) {
      sources = files.filter(file -> SOURCE.matcher(relative(file)).matches()).sorted().toList();
    }
    assertThat(sources).as("Java files under " + root).hasSizeGreaterThan(10);
  }

  @Test
  void noFileIsLongerThanOneCanRead() {
    assertThat(sources.stream().filter(file -> lines(file).size() > LINES_MAX))
        .as("files of more than %d lines", LINES_MAX)
        .isEmpty();
  }

  @Test
  void noRoomIsFullerThanOneCanLookOver() {
    var rooms = new TreeMap<String, Integer>();
    for (var file : sources) {
      if (relative(file).contains("src/main/java/") && !file.endsWith("package-info.java")) {
        rooms.merge(relative(file.getParent()), 1, Integer::sum);
      }
    }
    rooms.values().removeIf(files -> files <= FILES_MAX);
    assertThat(rooms).as("folders of more than %d classes", FILES_MAX).isEmpty();
  }

  @Test
  void leftoversNameTheirIssue() {
    assertThat(findings(sources, LEFTOVER)).isEmpty();
  }

  @Test
  void testsWaitForAStatusAndNeverSleep() {
    assertThat(findings(tests(), SLEEP)).isEmpty();
  }

  @Test
  void aDisabledTestSaysWhy() {
    assertThat(findings(tests(), NO_REASON)).isEmpty();
  }

  /** What a doc comment describes is its first subject. */
  @Test
  void docCommentsBeginWithASentence() {
    var fragments = new ArrayList<String>();
    for (var file : sources) {
      if (relative(file).contains("src/main/java/")) {
        var found = FRAGMENT.matcher(String.join("\n", lines(file)));
        while (found.find()) {
          fragments.add(relative(file) + " " + found.group());
        }
      }
    }
    assertThat(fragments).isEmpty();
  }

  @Test
  void noPackageHasAVagueName() {
    assertThat(sources.stream().map(TidyTest::relative).filter(VAGUE_PACKAGE.asMatchPredicate()))
        .isEmpty();
  }

  /** The job and its connectors are there at run time. */
  @Test
  void anApplicationIsCompiledAgainstTheDomainOnly() throws Exception {
    var compiledAgainst = new TreeMap<String, Set<String>>();
    try (var files = Files.walk(root.resolve("examples"))) {
      for (var pom : files.filter(TidyTest::isPom).toList()) {
        var own = dependencies(pom);
        if (!own.isEmpty()) {
          compiledAgainst.put(relative(pom.getParent()), own);
        }
      }
    }

    assertThat(compiledAgainst).hasSizeGreaterThan(4);
    assertThat(compiledAgainst.values()).containsOnly(Set.of("anabranch-domain"));
  }

  private static boolean isPom(Path file) {
    return file.endsWith("pom.xml") && !relative(file).contains("target/");
  }

  /** Artifacts of this project on the class path of a project's compiler. */
  private static Set<String> dependencies(Path pom) throws Exception {
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    var all = document.getElementsByTagName("dependency");
    var names = new TreeSet<String>();
    for (int i = 0; i < all.getLength(); i++) {
      var dependency = (Element) all.item(i);
      if (text(dependency, "groupId").equals("dev.anabranch")
          && List.of("", "compile", "provided").contains(text(dependency, "scope"))) {
        names.add(text(dependency, "artifactId"));
      }
    }
    return names;
  }

  private static String text(Element parent, String name) {
    var found = parent.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }

  /** A test may share the package-info of the package that it tests. */
  @Test
  void everyPackageIsDescribedAndNullMarked() {
    Set<String> undescribed = new TreeSet<>();
    for (var file : sources) {
      var directory = relative(file.getParent());
      var tested = directory.replace("src/test/java", "src/main/java");
      if (!isDescribed(directory) && !isDescribed(tested)) {
        undescribed.add(directory);
      }
    }
    assertThat(undescribed).as("packages without a @NullMarked package-info.java").isEmpty();
  }

  private static boolean isDescribed(String directory) {
    var info = root.resolve(directory).resolve("package-info.java");
    return Files.exists(info) && lines(info).contains("@NullMarked");
  }

  private static List<Path> tests() {
    return sources.stream().filter(file -> relative(file).contains("src/test/")).toList();
  }

  private static List<String> findings(List<Path> files, Pattern pattern) {
    var findings = new ArrayList<String>();
    for (var file : files) {
      var lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find()) {
          findings.add(relative(file) + ":" + (i + 1) + " " + lines.get(i).strip());
        }
      }
    }
    return findings;
  }

  private static String relative(Path file) {
    return root.relativize(file).toString();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

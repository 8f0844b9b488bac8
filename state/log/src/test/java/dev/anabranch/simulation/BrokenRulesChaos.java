package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that the simulator would notice. Breaks one rule of the production code at a time, in a
 * copy of the source of one class, compiles the copy, and runs the simulator with it in a class
 * loader of its own, until a schedule fails:
 *
 * <pre>mvn -B -ntp verify -P long -pl state/log -am -Dit.test=BrokenRulesChaos</pre>
 */
class BrokenRulesChaos {

  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/main/java/dev/anabranch"), Path.of("../domain/src/main/java/dev/anabranch"));
  private static final int SCHEDULES = 20_000;

  /**
   * One rule to break.
   *
   * @param was occurs once in the source
   */
  record Broken(String rule, String source, String was, String becomes) {
    @Override
    public String toString() {
      return rule;
    }
  }

  static List<Broken> rules() {
    return List.of(
        new Broken(
            "skip the context check",
            "gate/CausalGate.java",
            "context.valueAt(i) > applied.get(region)",
            "context.valueAt(i) > Long.MAX_VALUE - 1"),
        new Broken(
            "do not wait for the one before",
            "gate/CausalGate.java",
            "if (dot.n() > applied.get(dot.origin()) + 1) {",
            "if (dot.n() > Long.MAX_VALUE - 1) {"),
        new Broken(
            "dedupe by vector",
            "gate/CausalGate.java",
            "if (applied.covers(dot)) {",
            "if (applied.covers(dot) || arrival.context().isBefore(applied)) {"),
        new Broken(
            "take a payload for a hollow dot for a duplicate",
            "gate/CausalGate.java",
            "return !arrival.tombstone() && hollow.test(dot)",
            "return arrival.tombstone() && hollow.test(dot)"),
        new Broken(
            "do not store tombstones",
            "gate/HoldBack.java",
            "return new Outcome(verdict, release(arrival));",
            "return new Outcome(verdict, arrival.tombstone() ? List.of() : release(arrival));"),
        new Broken(
            "forget the clock on restore",
            "causality/HybridLogicalClock.java",
            "return Math.max(persisted, of(",
            "return Math.max(0, of("),
        new Broken(
            "restamp the selected version on resolve",
            "versions/CanonicalFold.java",
            "rejected.remove(resolution.selected());",
            """
            rejected.remove(resolution.selected());
            var chosen = known(resolution.selected());
            var n = chosen.node();
            entries.put(
                n.dot(),
                new GraphEntry(
                    new VersionNode(
                        n.dot(), entry.node().hlc(), n.kind(), n.context(), n.parents(),
                        n.resolverId(), n.commandId(), n.resolution()),
                    chosen.status(), chosen.cause(), chosen.links(), chosen.edges(),
                    chosen.settled()));
            """),
        new Broken(
            "drop the void rule: clashing resolutions",
            "versions/CanonicalFold.java",
            "if (clash != null) {",
            "if (clash != null && entry.node().hlc() < 0) {"),
        new Broken(
            "drop the void rule: no live branch left",
            "versions/CanonicalFold.java",
            "return !resolution.merges()\n",
            "return leaves.size() > 1_000\n"),
        new Broken(
            "count a command twice",
            "versions/CanonicalFold.java",
            "if (!entry.node().context().covers(other.dot())) {",
            "if (entry.node().hlc() < 0) {"),
        new Broken(
            "no alias for a void twin",
            "versions/CanonicalFold.java",
            "links.add(twin.dot());",
            ""),
        new Broken(
            "resolve pairwise",
            "versions/VersionStates.java",
            "state = folding.resolve(resolverId, versions(level), state);",
            """
            var all = versions(level);
            var pair = all.get(0);
            for (var i = 1; i < all.size(); i++) {
              var next = all.get(i);
              pair =
                  new LiveVersion<>(
                      next.dot(), next.hlc(),
                      folding.resolve(resolverId, List.of(pair, next), state));
            }
            state = pair.state();
            """),
        new Broken(
            "resolve in the order of arrival",
            "versions/VersionGraph.java",
            "var extended = new TreeSet<>(live);",
            "var extended = new java.util.LinkedHashSet<>(live);"),
        new Broken(
            "one arbitrary common ancestor",
            "versions/Ancestry.java",
            "Collections.sort(common);",
            "common.subList(Math.min(1, common.size()), common.size()).clear();"),
        new Broken(
            "compact beyond a hollow dot",
            "versions/Compaction.java",
            "(!stable.covers(entry.dot()) || entry.node().isHollow())",
            "!stable.covers(entry.dot())"),
        new Broken(
            "compact what not every region has",
            "versions/Compaction.java",
            "(!stable.covers(entry.dot()) || entry.node().isHollow())",
            "entry.node().isHollow()"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isNoticed(Broken broken, @TempDir Path folder) throws Exception {
    compile(broken, folder);

    var noticed = firstFailure(folder, SCHEDULES);

    System.out.println(broken.rule() + ": " + shortened(noticed));
    assertThat(noticed).as("what the simulator says when the rule is broken").isNotEmpty();
  }

  @Test
  void theRulesAsTheyAreStandTheSameSchedules(@TempDir Path folder) throws Exception {
    assertThat(firstFailure(folder, SCHEDULES / 4)).isEmpty();
  }

  private static void compile(Broken broken, Path folder) throws IOException {
    var original =
        SOURCES.stream()
            .map(sources -> sources.resolve(broken.source()))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    var source = Files.readString(original);
    assertThat(source.split(Pattern.quote(broken.was()), -1))
        .as("%s must occur once in %s: was it reworded?", broken.was(), broken.source())
        .hasSize(2);
    var file = folder.resolve("dev/anabranch").resolve(broken.source());
    Files.createDirectories(file.getParent());
    Files.writeString(file, source.replace(broken.was(), broken.becomes()));

    var compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of("-d", folder.toString(), "-cp", classPath(), "-proc:none", "-nowarn");
      var done =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      assertThat(done).as(() -> messages.toString()).isTrue();
    }
  }

  /** In a class loader that finds the broken class first, and nothing in this test's own. */
  private static String firstFailure(Path folder, int schedules) throws Exception {
    var urls = new ArrayList<URL>();
    urls.add(folder.toUri().toURL());
    for (var entry : classPath().split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (var loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      var simulation = loader.loadClass(Simulation.class.getName());
      return (String)
          simulation
              .getMethod("firstFailure", long.class, int.class)
              .invoke(null, Long.getLong("anabranch.simulation.seed", 1), schedules);
    }
  }

  /** Surefire may hide it in a manifest. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static String shortened(String text) {
    return text.length() < 120 ? text : text.substring(0, 120) + "...";
  }
}

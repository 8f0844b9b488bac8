package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.simulation.BrokenRegionRules.Broken;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Shows that the simulation would notice. Breaks one rule of the command job at a time, in a copy
 * of the source of one class, compiles the copy, and runs schedules with it in a class loader of
 * its own, until one breaks a rule of the checker. The rules that no schedule shows so far are held
 * to that, each with the reason:
 *
 * <pre>mvn -B -ntp -P long -pl simulation/region -am test-compile failsafe:integration-test@long \
 *   failsafe:verify@long -Dit.test=BrokenRegionChaos</pre>
 */
class BrokenRegionChaos {

  private static final Path SOURCES =
      Path.of("../../operators/src/main/java/dev/anabranch/operators");

  /** Twice as many as the rule took that was noticed last. */
  private static final int UNTIL_NOTICED =
      Integer.getInteger("anabranch.simulation.schedules", 6_000);

  private static final int WHILE_OPEN = Integer.getInteger("anabranch.simulation.schedules", 200);

  @ParameterizedTest
  @MethodSource("dev.anabranch.simulation.BrokenRegionRules#noticed")
  void isNoticed(Broken broken, @TempDir Path folder) throws Exception {
    var noticed = whatNotices(broken, folder, UNTIL_NOTICED);

    assertThat(noticed).as("what the simulation says when the rule is broken").isNotEmpty();
  }

  /** Whoever makes one of them noticeable moves it to the others. */
  @ParameterizedTest
  @MethodSource("dev.anabranch.simulation.BrokenRegionRules#open")
  void isStillNotNoticed(Broken broken, @TempDir Path folder) throws Exception {
    var noticed = whatNotices(broken, folder, WHILE_OPEN);

    assertThat(noticed)
        .as(
            "It is noticed now: move it to the noticed ones, here and in simulation.md."
                + " It was open since: %s",
            broken.whyOpen())
        .isEmpty();
  }

  private static String whatNotices(Broken broken, Path folder, int schedules) throws Exception {
    compile(broken, folder);
    var began = System.nanoTime();
    var noticed = firstFailure(folder, schedules);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f s |%n",
        broken.rule(),
        noticed,
        (System.nanoTime() - began) / 1e9);
    return noticed;
  }

  private static void compile(Broken broken, Path folder) throws IOException {
    var files = new LinkedHashSet<Path>();
    for (var edit : broken.edits()) {
      var file = folder.resolve("dev/anabranch/operators").resolve(edit.source());
      var source = Files.readString(files.add(file) ? SOURCES.resolve(edit.source()) : file);
      assertThat(source.split(Pattern.quote(edit.was()), -1))
          .as("%s must occur once in %s: was it reworded?", edit.was(), edit.source())
          .hasSize(2);
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.replace(edit.was(), edit.becomes()));
    }

    var compiler = ToolProvider.getSystemJavaCompiler();
    var messages = new StringWriter();
    try (var sources = compiler.getStandardFileManager(null, null, null)) {
      var options = List.of("-d", folder.toString(), "-cp", classPath(), "-proc:none", "-nowarn");
      var done =
          compiler
              .getTask(
                  messages,
                  sources,
                  null,
                  options,
                  null,
                  sources.getJavaFileObjectsFromPaths(files))
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
      Thread.currentThread().setContextClassLoader(loader);
      var simulation = loader.loadClass(Simulation.class.getName());
      return (String)
          simulation
              .getMethod("firstFinding", long.class, int.class)
              .invoke(null, Long.getLong("anabranch.simulation.seed", 1), schedules);
    } finally {
      Thread.currentThread().setContextClassLoader(BrokenRegionChaos.class.getClassLoader());
    }
  }

  /** Surefire may hide it in a manifest. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}

package dev.anabranch.e2e;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/** Release 2 of the example with a change in its source: what a team might ship by mistake. */
final class JarVariant {

  private JarVariant() {}

  /**
   * Compiles the changed source and puts it into a copy of the job jar.
   *
   * @param sourceName of the file to change
   * @param replacements in it; each must be found there
   */
  static Path of(String name, String sourceName, Map<String, String> replacements)
      throws IOException {
    var source =
        ClusterUnderTest.root()
            .resolve("examples/standalone-project/release-2/src/main/java/com/example/members");
    var work = Path.of("target", "variants", name).toAbsolutePath();
    var classes = Files.createDirectories(work.resolve("classes"));
    var changed = Files.readString(source.resolve(sourceName));
    for (var each : replacements.entrySet()) {
      if (!changed.contains(each.getKey())) {
        throw new IllegalStateException(sourceName + " lacks " + each.getKey());
      }
      changed = changed.replace(each.getKey(), each.getValue());
    }
    var file = work.resolve(sourceName);
    Files.writeString(file, changed);
    var jar = ClusterUnderTest.releaseJar(2);
    compile(file, jar, classes);
    var variant = work.resolve(name + "-job.jar");
    Files.copy(jar, variant, StandardCopyOption.REPLACE_EXISTING);
    replace(variant, classes);
    return variant;
  }

  /** Puts a text into the jar. */
  static void add(Path jar, String name, String text) throws IOException {
    try (var files = FileSystems.newFileSystem(jar)) {
      Files.writeString(files.getPath(name), text);
    }
  }

  private static void compile(Path file, Path jar, Path classes) {
    var arguments =
        new ArrayList<>(
            List.of("--release", "17", "-parameters", "-proc:none", "-cp", jar.toString()));
    arguments.addAll(List.of("-d", classes.toString(), file.toString()));
    var result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(new String[0]));
    if (result != 0) {
      throw new IllegalStateException(file + " does not compile");
    }
  }

  private static void replace(Path jar, Path classes) throws IOException {
    try (var files = FileSystems.newFileSystem(jar);
        var compiled = Files.walk(classes)) {
      for (var each : compiled.filter(Files::isRegularFile).toList()) {
        Files.copy(
            each,
            files.getPath(classes.relativize(each).toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}

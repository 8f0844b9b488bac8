package dev.anabranch.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a checkout of its own, with a {@code java} that says how it was called and a
 * {@code mvn} that must not be.
 */
class LauncherTest {

  private static final String BUILT = "it was built";

  @TempDir private Path directory;
  private Path checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = directory.resolve("dev/anabranch/anabranch-main");
    var launcher = checkout.resolve("deploy/anabranch");
    Files.createDirectories(launcher.getParent());
    Files.copy(root().resolve("deploy/anabranch"), launcher);
    executable(
        "jdk/bin/java",
        """
        case $1 in
          -version) echo 'openjdk version "17.0.1"' >&2 ;;
          *) echo "LC_ALL=$LC_ALL"; printf '<%s>\\n' "$@" ;;
        esac
        """);
    executable("bin/mvn", "echo '" + BUILT + "' >&2; exit 1\n");
    var module = Files.createDirectories(checkout.resolve("state/log/target/classes"));
    classPath(module.toString());
  }

  @Test
  void aCheckoutBelowFoldersThatAreNamedLikeOursIsNotBuiltAgain() throws Exception {
    var jar = Files.createFile(checkout.resolve("state/log/target/anabranch-log-1.jar"));
    classPath(jar.toString());

    assertThat(run(Map.of(), "--version")).contains("<--version>").doesNotContain(BUILT);
  }

  @Test
  void modulesOfTheLocalRepositoryAreBuiltAnew() throws Exception {
    var jar = directory.resolve("m2/dev/anabranch/anabranch-log/1.0/anabranch-log-1.0.jar");
    Files.createDirectories(jar.getParent());
    classPath(Files.createFile(jar).toString());

    assertThat(run(Map.of(), "--version")).contains("the build failed");
  }

  @Test
  void aLocaleWithoutUtf8IsReplaced() throws Exception {
    assertThat(run(Map.of("LC_ALL", "C"), "verify")).contains("LC_ALL=C.UTF-8");
    assertThat(run(Map.of("LC_ALL", "POSIX"), "verify")).contains("LC_ALL=C.UTF-8");
    assertThat(run(Map.of(), "verify")).contains("LC_ALL=C.UTF-8");
  }

  @Test
  void aLocaleWithUtf8AndTheArgumentsAreLeftAlone() throws Exception {
    var output = run(Map.of("LC_ALL", "C.utf8"), "send", "Account/müller", "two words");

    assertThat(output).contains("LC_ALL=C.utf8").contains("<Account/müller>\n<two words>");
  }

  private String run(Map<String, String> locale, String... arguments) throws Exception {
    var command = new java.util.ArrayList<>(List.of("bash", checkout + "/deploy/anabranch"));
    command.addAll(List.of(arguments));
    var log = directory.resolve("output.txt");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    environment.remove("COLUMNS");
    environment.putAll(locale);
    environment.put("JAVA_HOME", directory.resolve("jdk").toString());
    environment.put("PATH", directory.resolve("bin") + ":" + environment.get("PATH"));
    var process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  private void classPath(String entries) throws IOException {
    for (var file :
        List.of("clients/playground/target/class-path.txt", "deploy/flink/target/class-path.txt")) {
      var path = checkout.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, entries);
    }
  }

  private void executable(String name, String script) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path root() {
    var root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = root.getParent();
    }
    return root;
  }
}

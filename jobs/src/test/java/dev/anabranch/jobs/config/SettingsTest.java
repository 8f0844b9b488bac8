package dev.anabranch.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from files and arguments, before anybody asks for a particular option. */
class SettingsTest {

  private static final Map<String, String> ENVIRONMENT = Map.of("DB_PASSWORD", "pa${env:X}$1");

  @TempDir Path directory;

  @Test
  void nestedAndDottedKeysAreTheSame() throws IOException {
    var settings = readYaml("a: {b.c: 1}\na.b:\n  d: [x, y]\ne: 0-255\nf: 1.10\n");

    assertThat(settings.problems()).isEmpty();
    assertThat(value(settings, "a.b.c")).isEqualTo("1");
    assertThat(value(settings, "a.b.d")).isEqualTo("x,y");
    assertThat(value(settings, "e")).isEqualTo("0-255");
    assertThat(value(settings, "f")).isEqualTo("1.10");
  }

  @Test
  void aSettingKnowsWhereItWasWritten() throws IOException {
    var settings = readYaml("a:\n  # a comment\n  b: 1\n", "--c", "2", "-Dd=3", "--e=4=5");

    assertThat(settings.find("a.b").orElseThrow().source()).isEqualTo("file.yaml, line 3");
    assertThat(settings.find("c").orElseThrow().source()).isEqualTo("argument --c");
    assertThat(value(settings, "d")).isEqualTo("3");
    assertThat(value(settings, "e")).isEqualTo("4=5");
  }

  @Test
  void placeholdersAreReplacedOnceAndShownAsWritten() throws IOException {
    var file = Files.writeString(directory.resolve("secret"), "line\n\n");
    var settings =
        Settings.fromArgs(
            ENVIRONMENT::get,
            "--a=<${env:DB_PASSWORD}>",
            "--b=${file:" + file + "}",
            "--c=$1 \\ ${other}");

    assertThat(settings.problems()).isEmpty();
    assertThat(value(settings, "a")).isEqualTo("<pa${env:X}$1>");
    assertThat(value(settings, "b")).isEqualTo("line");
    assertThat(value(settings, "c")).isEqualTo("$1 \\ ${other}");
    assertThat(settings.find("a").orElseThrow().shown()).isEqualTo("<${env:DB_PASSWORD}>");
  }

  @Test
  void missingPlaceholdersAreProblems() {
    var settings =
        Settings.fromArgs(ENVIRONMENT::get, "--a=${env:NOT_SET}", "--b=${file:/not/there}");

    assertThat(settings.problems())
        .extracting(OptionProblem::toString)
        .containsExactly(
            "a = ${env:NOT_SET} (argument --a)\n      environment variable NOT_SET is not set",
            "b = ${file:/not/there} (argument --b)\n      file /not/there can't be read");
  }

  @Test
  void whatIsNoYamlIsAProblemWithItsLine() throws IOException {
    assertThat(readYaml("a: 1\nb: [1, 2\n").problems()).hasSize(1);
    assertThat(readYaml("a: 1\nb: [1, 2\n").problems().get(0).where()).contains("file.yaml, line");
    assertThat(readYaml("- a\n- b\n").problems()).hasSize(1);
    assertThat(readYaml("a:\n").problems().get(0).remedy()).isEqualTo("has no value");
    assertThat(readYaml("a: 1\na: 2\n").problems()).hasSize(1);
    assertThat(readYaml("a.b: 1\na: {b: 2}\n").problems().get(0).remedy())
        .isEqualTo("is given already in file.yaml, line 1; keep one");
    assertThat(readYaml("").problems()).isEmpty();
    assertThat(Settings.fromArgs("--config", "/not/there.yaml").problems()).hasSize(1);
  }

  @Test
  void argumentsWithoutKeyOrValueAreProblems() {
    assertThat(Settings.fromArgs("stray", "--a", "--b", "1").problems())
        .extracting(OptionProblem::toString)
        .containsExactly(
            "argument 1\n      is neither --key value nor -Dkey=value",
            "argument --a\n      has no value");
  }

  @Test
  void secretsAreToldByTheirKeysAndWhereUrlsHaveThem() {
    assertThat(Secrets.isSecret("store.database.one.password")).isTrue();
    assertThat(Secrets.isSecret("kafka.properties.sasl.jaas.config")).isTrue();
    assertThat(Secrets.isSecret("kafka.properties.ssl.keystore.key")).isTrue();
    assertThat(Secrets.isSecret("flink.s3.SECRET-key")).isTrue();
    assertThat(Secrets.isSecret("store.database.one.password-file")).isFalse();
    assertThat(Secrets.isSecret("kafka.bootstrap-servers")).isFalse();
    assertThat(Secrets.hideIn("jdbc:mysql://me:pw@host/db?trustPassword=x&a=b"))
        .isEqualTo("jdbc:mysql://(hidden)@host/db?trustPassword=(hidden)&a=b");
  }

  private Settings readYaml(String yaml, String... arguments) throws IOException {
    var file = Files.writeString(directory.resolve("file.yaml"), yaml);
    var all = new String[arguments.length + 2];
    all[0] = "--config";
    all[1] = file.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Settings.fromArgs(all);
  }

  private static String value(Settings settings, String key) {
    return settings.find(key).orElseThrow().text();
  }
}

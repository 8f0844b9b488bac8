package dev.anabranch.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What YAML has besides keys and values: nothing of it is taken for another value than it is. */
class YamlKindsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "a:\\n  user: &u app\\nb:\\n  user: *u\\n | b.user | 4 | refers to another value",
        "a: &d\\n  user: app\\nb: *d\\n | b | 3 | refers to another value",
        "a: &d\\n  user: app\\nb:\\n  <<: *d\\n | b.<< | 4 | refers to another value",
        "b:\\n  <<: {c: d}\\n | b.<< | 2 | merges other keys",
        "a: [&x one, *x]\\n | a | 1 | refers to another value",
        "b: 1\\na: !foo x\\n | a | 2 | has a tag",
        "a: !foo {b: c}\\n | a | 1 | has a tag",
        "a: !!int '5'\\n | a | 1 | has a tag",
        "a: 1\\n---\\nb: 2\\n | file.yaml | 2 | second document",
        "a: 1\\n--- text\\n | file.yaml | 2 | second document",
      })
  void whatIsMoreThanAValueIsRefusedByLine(String yaml, String key, int line, String problem)
      throws IOException {
    var problems = read(yaml.replace("\\n", "\n")).problems();

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).where()).contains(key, "line ");
    assertThat(problems.get(0).remedy()).contains(problem);
    if (!problem.startsWith("second")) {
      assertThat(problems.get(0).where()).endsWith("line " + line + ")");
    }
  }

  @Test
  void plainValuesStayAsTheyAreWritten() throws IOException {
    var settings = read("---\na: &x one\nb: 0123\nc: yes\nd: ['x,y', z]\ne: '*u'\n...\n");

    assertThat(settings.problems()).isEmpty();
    assertThat(settings.find("a").orElseThrow().text()).isEqualTo("one");
    assertThat(settings.find("b").orElseThrow().text()).isEqualTo("0123");
    assertThat(settings.find("c").orElseThrow().text()).isEqualTo("yes");
    assertThat(settings.find("d").orElseThrow().values()).containsExactly("x,y", "z");
    assertThat(settings.find("e").orElseThrow().text()).isEqualTo("*u");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@S3cret", "%S3cret", "`S3cret", "\"S3cret", "S3cret: more", "*S3cret", "!S3cret!x",
        "!S3cret x", "'S3cret", "{S3cret", "[S3cret", "\"\\S3cret\"", "- S3cret", "? S3cret: y"
      })
  void aPasswordThatIsNoYamlIsNotShown(String password) throws IOException {
    var settings = read("query:\n  password: " + password + "\n  user: x\n");

    assertThat(settings.problems().toString()).contains("line").doesNotContain("S3cret");
  }

  private Settings read(String yaml) throws IOException {
    var file = Files.writeString(directory.resolve("file.yaml"), yaml);
    return Settings.fromArgs("--config", file.toString());
  }
}

package dev.anabranch.cli.send;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8LinesTest {

  @Test
  void linesEndAsOnAnySystem() throws IOException {
    assertThat(texts("a\nb\r\nc\rd".getBytes(UTF_8))).containsExactly("a", "b", "c", "d");
    assertThat(texts("\n\r\n\n".getBytes(UTF_8))).containsExactly("", "", "");
    assertThat(texts("a\r\n".getBytes(UTF_8))).containsExactly("a");
    assertThat(texts(new byte[0])).isEmpty();
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstLine() throws IOException {
    assertThat(texts("\uFEFF{\"a\":\"Jörg\"}\nb".getBytes(UTF_8)))
        .containsExactly("{\"a\":\"Jörg\"}", "b");
    assertThat(texts("x".getBytes(UTF_8))).containsExactly("x");
  }

  @Test
  void aLineInLatin1IsNamedAndTheOthersAreRead() throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    bytes.write("Jörg\n".getBytes(UTF_8));
    bytes.write("Jörg\n".getBytes(ISO_8859_1));
    bytes.write("Ann\n".getBytes(UTF_8));

    var lines = read(bytes.toByteArray());

    assertThat(lines).extracting(Utf8Lines.Line::text).containsExactly("Jörg", "", "Ann");
    assertThat(lines).extracting(Utf8Lines.Line::number).containsExactly(1L, 2L, 3L);
    assertThat(lines.get(1).problem()).startsWith("is not UTF-8 from byte 2 on");
    assertThat(lines.get(0).problem()).isNull();
  }

  @Test
  void aTextThatSaysItIsUtf16IsRefused() {
    for (var charset : List.of(UTF_16, UTF_16LE)) {
      var bytes = ("\uFEFF" + "{}").getBytes(charset);

      assertThatThrownBy(() -> read(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("x.jsonl is UTF-16");
    }
  }

  @Test
  void aLineThatIsTooLongIsNamedAndTheOthersAreRead() throws IOException {
    var bytes = new byte[(16 << 20) + 4];
    java.util.Arrays.fill(bytes, (byte) 'x');
    bytes[1] = '\n';
    bytes[bytes.length - 1] = '\n';

    var lines = read(bytes);

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).text()).isEqualTo("x");
    assertThat(lines.get(1).problem()).startsWith("is longer than 16777216 bytes");
  }

  private static List<String> texts(byte[] bytes) throws IOException {
    var lines = read(bytes);
    assertThat(lines).allMatch(line -> line.problem() == null);
    return lines.stream().map(Utf8Lines.Line::text).toList();
  }

  private static List<Utf8Lines.Line> read(byte[] bytes) throws IOException {
    var lines = new ArrayList<Utf8Lines.Line>();
    try (var in = Utf8Lines.of("x.jsonl", new ByteArrayInputStream(bytes))) {
      for (var line = in.next(); line != null; line = in.next()) {
        lines.add(line);
      }
    }
    return lines;
  }
}

package dev.anabranch.cli.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TextTest {

  private final StringWriter printed = new StringWriter();
  private final PrintWriter out = new PrintWriter(printed);

  @Test
  void columnsLineUp() {
    var table = new Table(">VERSION", "EVENT", "DATA");
    table.row("1", "AccountOpened", "{}");
    table.row("10", "Ünïcödé", "");

    table.print(out, new Style(false));

    assertThat(printed.toString().lines())
        .containsExactly(
            "VERSION  EVENT          DATA", "      1  AccountOpened  {}", "     10  Ünïcödé");
  }

  @Test
  void emphasisIsForTerminalsOnly() {
    assertThat(new Style(false).bad("x")).isEqualTo("x");
    assertThat(new Style(true).bad("x")).isEqualTo("\u001b[31mx\u001b[0m");
  }

  @Test
  void jsonIsShownAsItIsAndOtherBytesAsBase64() {
    assertThat(Payload.text("{ \"a\" : 5.00 }".getBytes(UTF_8))).isEqualTo("{\"a\":5.00}");
    assertThat(Payload.text(new byte[] {1, 2, 3})).isEqualTo("base64:AQID");
    assertThat(Payload.text("{ not json".getBytes(UTF_8))).startsWith("base64:");
    assertThat(Payload.node(new EncodedMessage("T", 2, new byte[] {7})).toString())
        .isEqualTo("{\"type\":\"T\",\"schemaVersion\":2,\"base64\":\"Bw==\"}");
  }

  @Test
  void schemaVersionsAreShownFromTheSecondOn() {
    assertThat(Payload.typeOf(new EncodedMessage("T", 1, new byte[0]))).isEqualTo("T");
    assertThat(Payload.typeOf(new EncodedMessage("T", 2, new byte[0]))).isEqualTo("T v2");
  }

  @Test
  void hostileTextCanNotReachTheTerminal() {
    assertThat(Printable.of("d-1 ä")).isEqualTo("d-1 ä");
    assertThat(Printable.of("x\u001b[2J")).isEqualTo("'x\\u001b[2J'");
  }

  @Test
  void progressIsSilentAtFirstAndRareInALog() {
    var clock = new AtomicLong();
    var progress = new Progress(out, false, clock::get);

    for (var second = 0; second <= 25; second++) {
      clock.set(Duration.ofSeconds(second).toNanos());
      progress.at("read", 100L * second, 10_000);
    }
    progress.end();

    assertThat(printed.toString().lines())
        .containsExactly(
            "read 200 of 10,000 (2%), 100/s",
            "read 1,200 of 10,000 (12%), 100/s", "read 2,200 of 10,000 (22%), 100/s");
  }

  @Test
  void progressLeavesNothingOnATerminal() {
    var clock = new AtomicLong();
    var progress = new Progress(out, true, clock::get);
    clock.set(Duration.ofSeconds(2).toNanos());

    progress.at("read", 10, -1);
    progress.end();

    assertThat(printed.toString()).isEqualTo("\rread 10, 5/s\r" + " ".repeat(12) + "\r");
  }
}

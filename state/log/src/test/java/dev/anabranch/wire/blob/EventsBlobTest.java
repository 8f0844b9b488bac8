package dev.anabranch.wire.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EventsBlobTest {

  private static final Path PAGE = Path.of("../../docs/reference/topics.md");
  private static final Pattern BYTES = Pattern.compile("(?m)^([0-9a-f]{2}(?: [0-9a-f]+)?) {4,}.*$");

  /** Whoever reads the topic without our code has only the page. */
  @Test
  void theBytesOnThePageOfTopicsAreThoseOfTheEvent() throws IOException {
    var page = Files.readString(PAGE);
    var example = page.substring(page.indexOf("**The bytes of a value.**"));
    var bytes =
        BYTES
            .matcher(example)
            .results()
            .map(line -> line.group(1).replace(" ", ""))
            .collect(Collectors.joining());

    var deposited = new EncodedMessage("MoneyDeposited", 1, "{\"amount\":5}".getBytes(UTF_8));

    assertThat(bytes).isEqualTo(HexFormat.of().formatHex(EventsBlob.encode(List.of(deposited))));
  }
}

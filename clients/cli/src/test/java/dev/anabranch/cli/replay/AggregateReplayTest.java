package dev.anabranch.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.wire.EventsBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bank's jar as a release: what it folds, and what it says of what it can't fold. */
class AggregateReplayTest {

  @TempDir private static Path directory;
  private static Path jar;

  @BeforeAll
  static void packsTheBank() throws Exception {
    var place =
        Path.of(BankDomain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar = Files.isDirectory(place) ? zip(place, directory.resolve("bank.jar")) : place;
  }

  @Test
  void foldsWithTheClassesOfTheJarAlone() throws Exception {
    try (var release = Release.load(List.of(jar))) {
      var fold = release.fold("Account").orElseThrow();
      fold.commit(events("AccountOpened", 2, "{\"owner\":\"Ann\"}"));
      fold.commit(events("MoneyDeposited", 1, "{\"amount\":5}"));

      assertThat(new String(fold.state()[2], StandardCharsets.UTF_8))
          .contains("\"balance\":5", "\"owner\":\"Ann\"");
      // The other example is on this program's class path, but not in the jar.
      assertThat(release.fold("Order")).isEmpty();
    }
  }

  @Test
  void twoReleasesAreTwoSetsOfClasses() throws Exception {
    try (var one = Release.load(List.of(jar));
        var two = Release.load(List.of(jar))) {
      var replay = new AggregateReplay(new AggregateKey("Account", "1"), one, two);
      replay.commit(1, events("AccountOpened", 1, "{\"name\":\"Ann\"}"));

      assertThat(replay.problem()).isEmpty();
    }
  }

  @Test
  void anEventThatCanNotBeReadNamesVersionAndType() throws Exception {
    try (var release = Release.load(List.of(jar))) {
      var replay = new AggregateReplay(new AggregateKey("Account", "1"), release, null);
      replay.commit(1, events("AccountOpened", 2, "{\"owner\":\"Ann\"}"));
      replay.commit(2, events("InterestPaid", 1, "{}"));
      replay.commit(3, events("MoneyDeposited", 1, "{\"amount\":5}"));

      assertThat(replay.problem().orElseThrow())
          .startsWith("Account/1: version 2 can't be folded")
          .contains("InterestPaid");
    }
  }

  @Test
  void aTypeThatIsGoneIsAProblem() throws Exception {
    try (var release = Release.load(List.of(jar))) {
      var replay = new AggregateReplay(new AggregateKey("Loan", "1"), release, null);

      assertThat(replay.problem().orElseThrow()).contains("no aggregate type Loan");
    }
  }

  @Test
  void aJarWithoutADomainIsRefused() throws Exception {
    var empty = Files.createDirectory(directory.resolve("empty"));
    var nothing = zip(empty, directory.resolve("nothing.jar"));

    assertThatThrownBy(() -> Release.load(List.of(nothing)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no domain found");
    assertThatThrownBy(() -> Release.load(List.of(directory.resolve("missing.jar"))))
        .hasMessageContaining("missing.jar is no file");
  }

  private static byte[] events(String type, int schemaVersion, String json) {
    return EventsBlob.encode(
        List.of(new EncodedMessage(type, schemaVersion, json.getBytes(StandardCharsets.UTF_8))));
  }

  private static Path zip(Path classes, Path jar) throws IOException {
    try (var out = new ZipOutputStream(Files.newOutputStream(jar));
        var tree = Files.walk(classes)) {
      // A zip with no entry at all is no jar.
      out.putNextEntry(new ZipEntry("META-INF/"));
      for (var file : tree.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
  }
}

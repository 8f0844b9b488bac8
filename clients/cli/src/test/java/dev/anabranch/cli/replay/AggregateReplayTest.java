package dev.anabranch.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.wire.blob.EventsBlob;
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
      fold.commit(commit(1, "AccountOpened", 2, "{\"owner\":\"Ann\"}"));
      fold.commit(commit(2, "MoneyDeposited", 1, "{\"amount\":5}"));

      assertThat(fold.states()).hasSize(1);
      assertThat(fold.states().get(0).text()).contains("\"balance\":5", "\"owner\":\"Ann\"");
      // The other example is on this program's class path, but not in the jar.
      assertThat(release.fold("Order")).isEmpty();
    }
  }

  @Test
  void twoReleasesAreTwoSetsOfClasses() throws Exception {
    try (var one = Release.load(List.of(jar));
        var two = Release.load(List.of(jar))) {
      var replay = new AggregateReplay(new AggregateKey("Account", "1"), one, two);
      replay.commit(commit(1, "AccountOpened", 1, "{\"name\":\"Ann\"}"));

      assertThat(replay.problem()).isEmpty();
    }
  }

  @Test
  void anEventThatCanNotBeReadNamesVersionAndType() throws Exception {
    try (var release = Release.load(List.of(jar))) {
      var replay = new AggregateReplay(new AggregateKey("Account", "1"), release, null);
      replay.commit(commit(1, "AccountOpened", 2, "{\"owner\":\"Ann\"}"));
      replay.commit(commit(2, "InterestPaid", 1, "{}"));
      replay.commit(commit(3, "MoneyDeposited", 1, "{\"amount\":5}"));

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

  private static Outcome commit(long version, String type, int schemaVersion, String json) {
    var event = new EncodedMessage(type, schemaVersion, json.getBytes(StandardCharsets.UTF_8));
    return new Outcome(
        RowKind.COMMIT,
        new AggregateKey("Account", "1"),
        version,
        "c" + version,
        "",
        new Dot(new RegionId("eu"), version),
        new Stamp(1, version << 16, version),
        new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, EventsBlob.encode(List.of(event))));
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

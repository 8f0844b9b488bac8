package dev.anabranch.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordTextTest {

  @TempDir private Path folder;

  @Test
  void everyFactIsReadAsItWasWritten() throws Exception {
    var strange = "a\tb\nc\\d;e\\;f\r";
    var record =
        List.<Fact>of(
            new Fact.Acknowledged(1, "call", "Account/1", strange, "commands-0@1", true),
            new Fact.Told(2, "call", "Account/1", "c1", "accepted", "", "0@0", ""),
            new Fact.Published(3, 1, 2, 3, "c1", "ff"),
            new Fact.Stored(
                2, 3, "Account/1", "c1", "accepted", 1, "", List.of(strange, "", ";"), "ff", "one"),
            new Fact.Stored(2, 4, "Account/1", "c2", "rejected", 1, "", List.of(), "fe", "one"),
            new Fact.Note(4, strange),
            new Fact.Started(5, "one", true),
            new Fact.StoreLost(6, "db0"),
            new Fact.Refused(7, "why"),
            new Fact.FaultsEnded(8),
            new Fact.Ended(9));
    var file = folder.resolve("run.record");

    RecordText.write(record, file);

    assertThat(RecordText.read(file)).isEqualTo(record);
    assertThat(record.stream().map(Object::getClass))
        .as("every kind of fact")
        .contains(Fact.class.getPermittedSubclasses());
    assertThat(Files.readAllLines(file)).hasSize(record.size() + 1);
  }

  @Test
  void aLineThatIsNoFactIsNamed() throws Exception {
    var file = folder.resolve("run.record");
    Files.write(file, List.of("anabranch-record 2", "Ended\t1", "Ended\tnever"));

    assertThatThrownBy(() -> RecordText.read(file)).hasMessageContaining("run.record:3");
  }

  @Test
  void aFileThatIsNoRecordIsRefused() throws Exception {
    var file = folder.resolve("run.record");
    Files.writeString(file, "");

    assertThatThrownBy(() -> RecordText.read(file)).hasMessageContaining("does not begin with");
  }
}

package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonUpcaster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A careless change of an event is noticed, a careful one is not. */
class RecordedEventsTest {

  record Opened(String owner) {}

  record OpenedBy(String holder) {}

  @TempDir Path folder;

  @Test
  void theFirstRunRecordsAndFailsAndTheNextOnePasses() throws Exception {
    var file = folder.resolve("events/account.txt");
    var events = RecordedEvents.of(type(Opened.class, 1), file);

    assertThatThrownBy(() -> events.check(new Opened("Ann")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 events were added to")
        .hasMessageContaining("keep the file");
    events.check(new Opened("Ann"));

    assertThat(Files.readAllLines(file)).containsExactly("Opened 1 {\"owner\":\"Ann\"}");
  }

  @Test
  void aComponentThatWasRenamedInTheSameVersionIsNoticed() throws Exception {
    var file = recorded("Opened 1 {\"owner\":\"Ann\"}");

    assertThatThrownBy(
            () -> RecordedEvents.of(type(OpenedBy.class, 1), file).check(new OpenedBy("Ann")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("can't be read any more")
        .hasMessageContaining("add an upcaster")
        .hasMessageContaining("Opened 1 {\"owner\":\"Ann\"}");
    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void anEventThatIsWrittenOtherwiseThoughTheOldOneCanBeReadIsNoticed() throws Exception {
    var file = recorded("Opened 1 {\"owner\":\"Ann\"}");

    assertThatThrownBy(
            () -> RecordedEvents.of(type(Opened.class, 1), file).check(new Opened("Bob")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("event Opened version 1 is written otherwise")
        .hasMessageContaining("written:  Opened 1 {\"owner\":\"Bob\"}");
  }

  @Test
  void aNewVersionWithAnUpcasterIsRecordedBesideTheOldOne() throws Exception {
    var file = recorded("Opened 1 {\"owner\":\"Ann\"}");
    var upcaster =
        JsonUpcaster.of(
            "Opened",
            1,
            2,
            event -> {
              event.set("holder", event.remove("owner"));
              return event;
            });
    var events = RecordedEvents.of(type(OpenedBy.class, 2, upcaster), file);

    assertThatThrownBy(() -> events.check(new OpenedBy("Ann")))
        .hasMessageContaining("1 events were added");
    events.check(new OpenedBy("Ann"));

    assertThat(Files.readAllLines(file))
        .containsExactly("Opened 1 {\"owner\":\"Ann\"}", "Opened 2 {\"holder\":\"Ann\"}");
  }

  @Test
  void aLineThatNobodyWroteIsNamed() throws Exception {
    var file = recorded("Opened one {}");

    assertThatThrownBy(() -> RecordedEvents.of(type(Opened.class, 1), file).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("is not 'Type version bytes': 'Opened one {}'");
  }

  @Test
  void bytesThatAreNoTextAreRecordedAsDigits() throws Exception {
    var file = recorded("Opened 1 hex:7b226f776e6572223a22416e6e227d");

    RecordedEvents.of(type(Opened.class, 1), file).check();
  }

  private Path recorded(String line) throws Exception {
    return Files.writeString(folder.resolve("account.txt"), line + "\n");
  }

  private static <E> AggregateType<E, E, E> type(
      Class<E> event, int version, JsonUpcaster... upcasters) {
    var codec = JsonCodec.single("Opened", version, event);
    return AggregateType.named("Account", new Last<E>())
        .commands(codec)
        .events(codec, upcasters)
        .state(codec)
        .build();
  }

  private static final class Last<E> implements Decider<E, E, E> {
    @Override
    public E initialState() {
      throw new IllegalStateException("no state is made here");
    }

    @Override
    public Decision<E> decide(E state, E command, DecisionContext context) {
      return Decision.accepted(command);
    }

    @Override
    public E evolve(E state, E event) {
      return event;
    }
  }
}

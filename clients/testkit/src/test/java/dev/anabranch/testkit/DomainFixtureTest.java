package dev.anabranch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonResults;
import dev.anabranch.codec.JsonUpcaster;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The fixture on a list of notes: what it lets pass, and which faults of a domain it finds. */
class DomainFixtureTest {

  record Note(String text) {}

  record Noted(String text, Instant at) {}

  record Notes(List<String> texts) {}

  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00.123456789Z");
  private static final Noted NOTED = new Noted("a", NOON.truncatedTo(ChronoUnit.MICROS));

  /** Rules with a place to break them. */
  private static class NoteDecider implements Decider<Notes, Note, Noted> {
    @Override
    public Notes initialState() {
      return new Notes(new ArrayList<>());
    }

    @Override
    public Decision<Noted> decide(Notes state, Note command, DecisionContext context) {
      return switch (command.text()) {
        case "" -> Decision.rejected("empty", "say something", Map.of("id", context.aggregateId()));
        case "same" -> Decision.unchangedWithResult(state.texts().size());
        case "silent" -> Decision.unchanged();
        case "poison" -> throw new IllegalStateException("no");
        default ->
            Decision.acceptedWithResult(
                context.commandId(), List.of(new Noted(command.text(), context.timestamp())));
      };
    }

    @Override
    public Notes evolve(Notes state, Noted event) {
      var texts = new ArrayList<>(state.texts());
      texts.add(event.text());
      return new Notes(texts);
    }
  }

  private final DomainFixture<Notes, Note, Noted> notes = fixture(new NoteDecider());

  @Test
  void letsPassWhatHappens() {
    notes
        .whenCommandId("c-7")
        .at(NOON)
        .when(new Note("a"))
        .expectEvents(NOTED)
        .expectState(new Notes(List.of("a")))
        .expectResult("c-7");
    notes.given(NOTED, NOTED).when(new Note("same")).expectUnchanged().expectResult(2);
    notes
        .onAggregate("x")
        .when(new Note(""))
        .expectRejection("empty")
        .expectRejection("empty", Map.of("id", "x"))
        .expectState(new Notes(List.of()));
    notes.when(new Note("poison")).expectFailure(IllegalStateException.class);
  }

  @Test
  void showsGivenExpectedAndActual() {
    var handled = notes.given(NOTED).when(new Note(""));

    assertThatThrownBy(() -> handled.expectEvents(NOTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("given:    [Noted[text=a")
        .hasMessageContaining("when:     Note[text=]")
        .hasMessageContaining("expected: events [Noted")
        .hasMessageContaining("actual:   Rejected[code=empty");
  }

  @Test
  void failsWhenTheExpectationDoesNotHold() {
    var accepted = notes.at(NOON).when(new Note("b"));
    var failed = notes.when(new Note("poison"));

    assertFails(() -> accepted.expectEvents(NOTED));
    assertFails(() -> accepted.expectEvents());
    assertFails(() -> accepted.expectRejection("empty"));
    assertFails(accepted::expectUnchanged);
    assertFails(() -> accepted.expectState(new Notes(List.of())));
    assertFails(() -> accepted.expectResult("other"));
    assertFails(() -> notes.when(new Note("silent")).expectResult("c-7"));
    assertFails(() -> accepted.expectFailure(RuntimeException.class));
    assertFails(() -> notes.when(new Note("")).expectRejection("other"));
    assertFails(() -> notes.when(new Note("")).expectEvents());
    assertFails(() -> notes.when(new Note("")).expectRejection("empty", Map.of()));
    assertFails(() -> failed.expectState(new Notes(List.of())));
    assertFails(() -> failed.expectFailure(IllegalArgumentException.class));
    assertFails(failed::expectUnchanged);
  }

  @Test
  void foldsWhatAnOlderReleaseStored() {
    var old = new EncodedMessage("Said", 1, "{\"word\":\"old\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(notes.givenStored(old).state()).isEqualTo(new Notes(List.of("old")));
  }

  @Test
  void findsAnEvolveThatIsNotPure() {
    var random = new Random(1);
    var impure =
        fixture(
            new NoteDecider() {
              @Override
              public Notes evolve(Notes state, Noted event) {
                return new Notes(List.of("" + random.nextLong()));
              }
            });

    assertThatThrownBy(() -> impure.when(new Note("a")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not a pure function");
  }

  @Test
  void findsAStateThatIsChangedInPlace() {
    var inEvolve =
        fixture(
            new NoteDecider() {
              @Override
              public Notes evolve(Notes state, Noted event) {
                state.texts().add(event.text());
                return state;
              }
            });
    var inDecide =
        fixture(
            new NoteDecider() {
              @Override
              public Decision<Noted> decide(Notes state, Note command, DecisionContext context) {
                state.texts().add("x");
                return Decision.unchanged();
              }
            });

    assertThatThrownBy(() -> inEvolve.when(new Note("a")))
        .hasMessageContaining("evolve changed the state in place");
    assertThatThrownBy(() -> inDecide.when(new Note("a")))
        .hasMessageContaining("decide changed the state in place");
  }

  @Test
  void findsACodecThatIsNotLosslessThoughItSaysSo() {
    var lossy = fixture(new NoteDecider(), new Cutting(true));

    assertThatThrownBy(() -> lossy.when(new Note("long text")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("lossless");
  }

  @Test
  void foldsAndComparesWhatAReaderGets() {
    var honest = fixture(new NoteDecider(), new Cutting(false)).at(NOON);

    honest
        .when(new Note("long text"))
        .expectEvents(new Noted("long text", NOTED.at()))
        .expectState(new Notes(List.of("l")));
  }

  private static void assertFails(ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(AssertionError.class);
  }

  private static DomainFixture<Notes, Note, Noted> fixture(Decider<Notes, Note, Noted> decider) {
    return fixture(decider, events());
  }

  private static DomainFixture<Notes, Note, Noted> fixture(
      Decider<Notes, Note, Noted> decider, MessageCodec<Noted> events) {
    return DomainFixture.of(
        AggregateType.named("Notes", decider)
            .commands(JsonCodec.<Note>builder().type("Note", 1, Note.class).lossless().build())
            .events(
                events,
                JsonUpcaster.of(
                    "Said",
                    1,
                    "Noted",
                    1,
                    node -> {
                      node.set("text", node.remove("word"));
                      return node.put("at", "2020-01-01T00:00:00Z");
                    }))
            .state(JsonCodec.single("Notes", 1, Notes.class))
            .results(JsonResults.CONTENT_TYPE, JsonResults::encode)
            .build());
  }

  private static JsonCodec<Noted> events() {
    return JsonCodec.<Noted>builder().type("Noted", 1, Noted.class).lossless().build();
  }

  /** Keeps only the first letter of a note. */
  private record Cutting(boolean lossless) implements MessageCodec<Noted> {
    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public EncodedMessage encode(Noted message) {
      return events().encode(new Noted(message.text().substring(0, 1), message.at()));
    }

    @Override
    public Noted decode(EncodedMessage encoded) {
      return events().decode(encoded);
    }
  }
}

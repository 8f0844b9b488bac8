package dev.anabranch.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicatedDecider;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonUpcaster;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.versions.FoldFailedException;
import dev.anabranch.wire.blob.CausalityBlob;
import dev.anabranch.wire.blob.EventsBlob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeFoldTest {

  record Happened(String name) {}

  /** Where events stood, in the order in which they came. */
  record Seen(List<String> places) {}

  private static final RegionId EU = new RegionId("eu");
  private static final RegionId US = new RegionId("us");

  private static final class Placing implements ReplicatedDecider<Seen, String, Happened> {
    @Override
    public Seen initialState() {
      return new Seen(List.of());
    }

    @Override
    public Decision<Happened> decide(Seen state, String command, DecisionContext context) {
      return Decision.unchanged();
    }

    @Override
    public Seen evolve(Seen state, Happened event, EventContext at) {
      var longer = new ArrayList<>(state.places());
      longer.add(event.name() + "@" + at);
      return new Seen(longer);
    }
  }

  private static <S> AggregateType<S, String, Happened> type(
      Decider<S, String, Happened> decider, Class<S> state) {
    return type(decider, state, ReplicationPolicy.singleHome());
  }

  private static <S> AggregateType<S, String, Happened> type(
      Decider<S, String, Happened> decider, Class<S> state, ReplicationPolicy<S> policy) {
    return AggregateType.named("T", decider)
        .commands(JsonCodec.single("Command", 1, String.class))
        .events(
            JsonCodec.single("Happened", 2, Happened.class),
            JsonUpcaster.split(
                "Happened",
                1,
                old ->
                    List.of(
                        new JsonUpcaster.Part("Happened", 2, old.deepCopy().put("name", "x")),
                        new JsonUpcaster.Part("Happened", 2, old.deepCopy().put("name", "y")))))
        .state(JsonCodec.single("State", 1, state))
        .replication(policy)
        .build();
  }

  private static Outcome commit(byte[] causality) {
    var events =
        EventsBlob.encode(
            List.of(event(2, "{\"name\":\"a\"}"), event(1, "{}"), event(2, "{\"name\":\"b\"}")));
    return new Outcome(
        RowKind.COMMIT,
        new AggregateKey("T", "1"),
        3,
        "c",
        "",
        new Dot(EU, 2),
        new Stamp(1, 77, 0),
        new Blobs(causality, Blobs.EMPTY, Blobs.EMPTY, events));
  }

  private static EncodedMessage event(int schemaVersion, String json) {
    return new EncodedMessage("Happened", schemaVersion, json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tellsEachEventItsPlaceWhichUpcastersDoNotMove() {
    var context = VectorTime.of(Map.of(EU, 1L, US, 4L));
    var causality = CausalityBlob.encode(new Causality(context, List.of(), VectorTime.ZERO, ""));

    var fold = TypeFold.of(type(new Placing(), Seen.class));
    var seen = (Seen) fold.fold(fold.initial(), Commit.of(commit(causality))).value();

    assertThat(seen.places())
        .containsExactly(
            "a@eu:2 after {eu:1,us:4} at 77",
            "x@eu:2.1 after {eu:1,us:4} at 77",
            "y@eu:2.1.1 after {eu:1,us:4} at 77",
            "b@eu:2.2 after {eu:1,us:4} at 77");
  }

  @Test
  void aReplicatedDeciderHasNoFoldWithoutContext() {
    assertThatThrownBy(() -> new Placing().evolve(new Seen(List.of()), new Happened("a")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("evolve(state, event, at)");
  }

  // -- Failure: what the application's code throws is the problem of one state.

  /** Throws wherever it is asked, and whatever it likes. */
  private static final class Throwing implements Decider<Seen, String, Happened> {
    @Override
    public Seen initialState() {
      throw new AssertionError("no initial state");
    }

    @Override
    public Decision<Happened> decide(Seen state, String command, DecisionContext context) {
      return Decision.unchanged();
    }

    @Override
    public Seen evolve(Seen state, Happened event) {
      throw new StackOverflowError("too deep");
    }
  }

  @Test
  void whatTheDeciderThrowsBreaksTheState() {
    var fold = TypeFold.of(type(new Throwing(), Seen.class));
    var commit = Commit.of(commit(Blobs.EMPTY));

    assertThat(fold.initial().problem()).contains("initial state can't be made", "no initial");
    var broken = fold.fold(FoldedState.of(new Seen(List.of())), commit);
    assertThat(broken.isBroken()).isTrue();
    assertThat(broken.problem()).contains("commit eu:2 can't be folded", "too deep");
    assertThat(fold.fold(broken, commit)).as("what is built on it").isSameAs(broken);
    assertThatThrownBy(broken::value)
        .isInstanceOf(FoldFailedException.class)
        .hasMessage(broken.problem());
  }

  @Test
  void eventsThatNoCodecReadsBreakTheState() {
    var fold = TypeFold.of(type(new Placing(), Seen.class));
    var at = Commit.of(commit(Blobs.EMPTY)).eventContext();

    assertThat(fold.fold(fold.initial(), at, new byte[] {99}).problem()).contains("events");
    var unknown = EventsBlob.encode(List.of(event(7, "{}")));
    assertThat(fold.fold(fold.initial(), at, unknown).problem()).contains("Happened");
  }

  @Test
  void eventsOfOursChangeNoState() {
    var fold = TypeFold.of(type(new Placing(), Seen.class));
    var at = Commit.of(commit(Blobs.EMPTY)).eventContext();
    var ours = EventsBlob.encode(List.of(new EncodedMessage("$resolution", 1, new byte[] {1})));

    assertThat(fold.fold(fold.initial(), at, ours).value()).isEqualTo(new Seen(List.of()));
  }

  @Test
  void aStateIsReadAsItWasWrittenAndOneThatIsNoneSaysWhy() {
    var fold = TypeFold.of(type(new Placing(), Seen.class));
    var state = FoldedState.of(new Seen(List.of("x")));
    var encoded = fold.encode(state);

    assertThat(fold.encode(state)).as("once").isSameAs(encoded);
    assertThat(fold.decode(encoded).value()).isEqualTo(state.value());
    assertThat(fold.decode(EventsBlob.encode(List.of(encoded))).value()).isEqualTo(state.value());
    assertThat(fold.decode(new byte[] {99}).problem()).contains("stored state can't be read");
    var other = new EncodedMessage("Other", 1, new byte[0]);
    assertThat(fold.decode(other).problem()).contains("stored state can't be read");
  }

  // -- Which resolver makes one state of several versions.

  private static final List<LiveVersion<FoldedState>> VERSIONS =
      List.of(version(EU, 1), version(US, 2));

  private final TypeFold resolving =
      TypeFold.of(
          type(
              new Placing(),
              Seen.class,
              ReplicationPolicy.automatic(
                  new Named("third"), new Named("second"), new Named("first"))));

  @Test
  void theResolverIsTheOneThatTheCommitNames() {
    assertThat(resolvedBy("second")).isEqualTo("second");
  }

  /** The same in every release, though releases add resolvers. */
  @Test
  void theResolverIsTheOldestOneIfTheCommitNamesNone() {
    assertThat(resolvedBy("")).isEqualTo("first");
  }

  @Test
  void theResolverOfWhatIsLiveIsTheNewestOne() {
    assertThat(resolving.resolverId()).isEqualTo("third");
  }

  @Test
  void aResolverThatIsGoneBreaksTheState() {
    var resolved = resolving.resolve("gone", VERSIONS, FoldedState.of(new Seen(List.of())));

    assertThat(resolved.problem()).contains("resolver gone is not registered");
    assertThat(resolving.resolverFor("gone")).isNull();
  }

  @Test
  void aResolverThatThrowsBreaksTheStateAndIsNamedWithTheVersions() {
    var resolved = resolving.resolve("third", VERSIONS, FoldedState.of("no state of this type"));

    assertThat(resolved.problem())
        .contains("resolver third throws", "ClassCastException", "eu:1", "us:2");
  }

  @Test
  void aBrokenVersionBreaksWhatIsMadeOfIt() {
    var broken = new LiveVersion<>(new Dot(EU, 1), 1, FoldedState.broken("why"));

    var resolved =
        resolving.resolve(
            "third", List.of(broken, version(US, 2)), FoldedState.of(new Seen(List.of())));

    assertThat(resolved.problem()).isEqualTo("why");
  }

  @Test
  void versionsOfAGraphThrowWhatBrokeThem() {
    var folding = resolving.versions(dot -> new byte[] {99});

    assertThat(folding.initial()).isEqualTo(new Seen(List.of()));
    var node = Commit.of(commit(Blobs.EMPTY)).node();
    assertThatThrownBy(() -> folding.evolve(new Seen(List.of()), node))
        .isInstanceOf(FoldFailedException.class)
        .hasMessageContaining("commit eu:2 can't be folded");
    assertThat(folding.resolverFor("")).isEqualTo("first");
  }

  private Object resolvedBy(String id) {
    var state = (Seen) resolving.resolve(id, VERSIONS, FoldedState.of(new Seen(List.of()))).value();
    return state.places().get(0);
  }

  private static LiveVersion<FoldedState> version(RegionId region, long n) {
    return new LiveVersion<>(new Dot(region, n), n, FoldedState.of(new Seen(List.of("v" + n))));
  }

  /** Its state is its name. */
  private record Named(String id) implements ConflictResolver<Seen> {
    @Override
    public Seen resolve(List<LiveVersion<Seen>> live, Seen base) {
      return new Seen(List.of(id + base.places().stream().reduce("", String::concat)));
    }
  }
}

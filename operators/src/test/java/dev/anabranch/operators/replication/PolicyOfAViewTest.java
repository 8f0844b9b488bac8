package dev.anabranch.operators.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.ConflictResolver;
import dev.anabranch.api.Domain;
import dev.anabranch.api.LiveVersion;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.causality.RegionId;
import dev.anabranch.model.stored.PublishedRow;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.replication.replica.ReplicationHarness;
import dev.anabranch.operators.replication.replica.TestRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A release may change how a type is replicated: views are those of a job that starts anew. */
class PolicyOfAViewTest {

  private static final String NOTE = "Note/1";

  @ParameterizedTest
  @MethodSource("changes")
  void whatFollowedOneAnotherGoesOn(Policy before, Policy after) throws Exception {
    var a = new TestRegion("a", ReplicationHarness.SHARDS);
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    b.take(a.commit(NOTE, "c1", "a").row());
    a.take(b.commit(NOTE, "c2", "e").row());
    var history = List.copyOf(a.published());

    var kept = viewAfterTheChange(history, before, after, a.commit(NOTE, "c3", "g"));

    assertThat(kept.problem()).isEmpty();
    assertThat(lettersOf(kept)).contains("a", "e", "g");
    assertSame(kept, viewOfAJobThatStartsAnew(a.published(), after));
  }

  /** Both regions have written at once, and then one of them on what came of it. */
  @ParameterizedTest
  @MethodSource("changes")
  void whatWasMergedIsNeverShownOtherwiseInSilence(Policy before, Policy after) throws Exception {
    if (before == Policy.HOME) {
      return; // Nothing is concurrent.
    }
    var a = new TestRegion("a", ReplicationHarness.SHARDS).resolvesBy(before.resolverId());
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    a.commit(NOTE, "c1", "a");
    a.take(b.commit(NOTE, "c2", "e").row());
    if (before == Policy.BY_HAND) {
      a.resolve(NOTE, "a:1", "b:1");
    }
    a.commit(NOTE, "c3", "g");
    var history = List.copyOf(a.published());
    var former = viewOfAJobThatStartsAnew(history, before);

    var last = a.commit(NOTE, "c4", "h");
    var kept = viewAfterTheChange(history, before, after, last);
    var anew = viewOfAJobThatStartsAnew(a.published(), after);

    var mergesAlike = before != Policy.REPLICATED && after != Policy.REPLICATED;
    if (mergesAlike) {
      assertThat(kept.problem()).isEmpty();
      assertThat(lettersOf(kept)).isEqualTo(lettersOf(former) + "h");
      assertSame(kept, anew);
    } else {
      assertThat(kept.state()).isNull();
      assertThat(anew.state()).isNull();
      assertThat(kept.problem()).contains("declare").isEqualTo(anew.problem());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Policy.class,
      names = {"HOME", "AUTOMATIC", "BY_HAND"})
  void whatAResolverMadeThatIsGoneIsShownFromACheckpointAsFromTheLog(Policy after)
      throws Exception {
    var first = NoteDomain.marks("Note", ReplicationPolicy.automatic(new FirstWriter()));
    var a = new TestRegion("a", ReplicationHarness.SHARDS).resolvesBy("first-writer");
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    a.commit(NOTE, "c1", "a");
    a.take(b.commit(NOTE, "c2", "e").row());
    a.commit(NOTE, "c3", "g");
    var history = List.copyOf(a.published());
    assertThat(lettersOf(viewOfAJobThatStartsAnew(history, () -> List.of(first)))).isEqualTo("ag");

    var last = a.commit(NOTE, "c4", "h");
    var kept = viewAfterTheChange(history, () -> List.of(first), after.domain(), last);
    var anew = viewOfAJobThatStartsAnew(a.published(), after.domain());

    assertThat(anew.state()).isNull();
    assertThat(anew.problem()).contains("first-writer");
    assertThat(kept.state()).isNull();
    assertThat(kept.problem()).isEqualTo(anew.problem());
    assertThat(kept.live()).usingRecursiveComparison().isEqualTo(anew.live());
  }

  /** To read it from the store would cost each start a read of every aggregate. */
  @ParameterizedTest
  @EnumSource(Policy.class)
  void underTheSamePolicyNothingIsReadAgain(Policy policy) throws Exception {
    var a = new TestRegion("a", ReplicationHarness.SHARDS);
    var b = new TestRegion("b", ReplicationHarness.SHARDS);
    try (var store = new StoreOfA();
        var harness = new ReplicationHarness(store.factory())) {
      harness.release(policy.domain());
      harness.crashAndRestore();
      harness.process(b.commit(NOTE, "c0", "a"));
      harness.settle();
      harness.process(a.take(b.log().get(0)));
      for (var i = 1; i <= 3; i++) {
        harness.process(a.commit(NOTE, "c" + i, "e"));
        assertThat(harness.view(NOTE).revision().get(new RegionId("a"))).isEqualTo(i);
        harness.crashAndRestore();
      }
    }
  }

  static Stream<Arguments> changes() {
    return Stream.of(Policy.values())
        .flatMap(
            before ->
                Stream.of(Policy.values())
                    .filter(after -> after != before)
                    .map(after -> Arguments.of(before, after)));
  }

  private static AggregateView viewAfterTheChange(
      List<PublishedRow> history, Policy before, Policy after, PublishedRow last) throws Exception {
    return viewAfterTheChange(history, before.domain(), after.domain(), last);
  }

  private static AggregateView viewAfterTheChange(
      List<PublishedRow> history, Domain before, Domain after, PublishedRow last) throws Exception {
    try (var store = new StoreOfA();
        var harness = new ReplicationHarness(store.factory())) {
      harness.release(before);
      harness.crashAndRestore();
      for (var row : history) {
        harness.process(row);
        harness.settle();
      }
      harness.release(after);
      harness.crashAndRestore();
      store.append(last.row());
      harness.process(last);
      harness.settle();
      return harness.view(NOTE);
    }
  }

  private static AggregateView viewOfAJobThatStartsAnew(List<PublishedRow> rows, Policy policy)
      throws Exception {
    return viewOfAJobThatStartsAnew(rows, policy.domain());
  }

  private static AggregateView viewOfAJobThatStartsAnew(List<PublishedRow> rows, Domain domain)
      throws Exception {
    try (var store = new StoreOfA();
        var harness = new ReplicationHarness(store.factory())) {
      harness.release(domain);
      harness.restartFromNothing();
      for (var row : rows) {
        store.append(row.row());
      }
      harness.process(rows.get(rows.size() - 1));
      harness.settle();
      return harness.view(NOTE);
    }
  }

  private static void assertSame(AggregateView kept, AggregateView anew) {
    assertThat(kept.state().data()).isEqualTo(anew.state().data());
    assertThat(kept.live()).usingRecursiveComparison().isEqualTo(anew.live());
  }

  private static String lettersOf(AggregateView view) throws Exception {
    var marks = (NoteDomain.Marks) Policy.HOME.type().decodeState(view.state());
    var letters = new ArrayList<>(marks.letters().elements());
    letters.sort(null);
    return String.join("", letters);
  }

  enum Policy {
    HOME,
    AUTOMATIC,
    BY_HAND,
    REPLICATED;

    String resolverId() {
      return switch (this) {
        case AUTOMATIC -> "last-writer-wins";
        case REPLICATED -> ReplicationPolicy.REPLICATED;
        case HOME, BY_HAND -> "";
      };
    }

    AggregateType<NoteDomain.Marks, String, String> type() {
      ReplicationPolicy<NoteDomain.Marks> policy =
          switch (this) {
            case HOME -> ReplicationPolicy.singleHome();
            case AUTOMATIC -> ReplicationPolicy.automatic(Resolvers.lastWriterWins());
            case BY_HAND -> ReplicationPolicy.interactive();
            case REPLICATED -> ReplicationPolicy.replicatedTypes();
          };
      return NoteDomain.marks("Note", policy);
    }

    Domain domain() {
      var type = type();
      return () -> List.of(type);
    }
  }

  private static final class FirstWriter implements ConflictResolver<NoteDomain.Marks> {
    @Override
    public String id() {
      return "first-writer";
    }

    @Override
    public NoteDomain.Marks resolve(
        List<LiveVersion<NoteDomain.Marks>> live, NoteDomain.Marks base) {
      return live.get(0).state();
    }
  }
}

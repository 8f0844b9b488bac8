package dev.anabranch.replicated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.EventId;
import dev.anabranch.replicated.History.Commit;
import dev.anabranch.replicated.Operation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What the types are for, computed anew from the history's own record of who had seen what, and
 * compared with the folded state.
 */
class IntentionTest {

  /** An operation with its place in the history. */
  record Done(Commit commit, int index, Operation operation) {

    boolean is(Kind kind) {
      return operation.kind() == kind;
    }

    EventId id() {
      return commit.at(index).id();
    }

    boolean sees(Done earlier) {
      return History.hasSeen(commit, index, earlier.commit, earlier.index);
    }
  }

  /** The history of one try, and the state that it folds to in some order. */
  record World(List<Done> all, Everything state) {

    static World random(long seed) {
      var random = new Random(seed);
      var history = History.random(random);
      var all = new ArrayList<Done>();
      var state = Everything.NOTHING;
      for (var commit : history.randomOrder(random)) {
        for (var i = 0; i < commit.events().size(); i++) {
          all.add(new Done(commit, i, commit.events().get(i)));
        }
        state = commit.applyTo(state);
      }
      return new World(all, state);
    }

    List<Done> of(Kind... kinds) {
      var wanted = Set.of(kinds);
      return all.stream().filter(done -> wanted.contains(done.operation.kind())).toList();
    }

    boolean isUnseen(Done done, Kind... byKinds) {
      return of(byKinds).stream().noneMatch(other -> other.sees(done));
    }

    boolean isUnseenByAnyOfSameKey(Done done, Kind byKind) {
      return of(byKind).stream()
          .noneMatch(
              other -> other.operation.key().equals(done.operation.key()) && other.sees(done));
    }
  }

  @Property(tries = 200)
  void countersAreTheSumOfAllThatWasAdded(@ForAll long seed) {
    var world = World.random(seed);

    assertThat(world.state.grow().value())
        .isEqualTo(world.of(Kind.GROW).stream().mapToLong(d -> d.operation.amount()).sum());
    assertThat(world.state.count().value())
        .isEqualTo(world.of(Kind.COUNT).stream().mapToLong(d -> d.operation.amount() - 2).sum());
  }

  @Property(tries = 300)
  void anElementIsInTheSetIfSomeAdditionWasSeenByNoRemoval(@ForAll long seed) {
    var world = World.random(seed);
    var expected =
        world.of(Kind.SET_ADD).stream()
            .filter(add -> world.isUnseen(add, Kind.SET_CLEAR))
            .filter(
                add ->
                    world.of(Kind.SET_REMOVE).stream()
                        .noneMatch(
                            remove ->
                                itemOf(remove.operation).equals(itemOf(add.operation))
                                    && remove.sees(add)))
            .map(add -> itemOf(add.operation))
            .collect(Collectors.toSet());

    assertThat(world.state.set().elements()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Property(tries = 300)
  void aCartHoldsTheQuantitiesThatNoRemovalSaw(@ForAll long seed) {
    var world = World.random(seed);
    var expected = new TreeMap<String, Long>();
    for (var add : world.of(Kind.CART_ADD)) {
      if (world.isUnseen(add, Kind.CART_CLEAR)
          && world.isUnseenByAnyOfSameKey(add, Kind.CART_REMOVE)) {
        expected.merge(add.operation.key(), (long) add.operation.amount(), Long::sum);
      }
    }

    assertThat(world.state.cart().quantities()).isEqualTo(expected);
  }

  @Property(tries = 300)
  void theLastWriteThatNoClearingSawWins(@ForAll long seed) {
    var world = World.random(seed);
    var expected =
        world.of(Kind.LAST_SET).stream()
            .filter(set -> world.isUnseen(set, Kind.LAST_CLEAR))
            .max(Comparator.<Done>comparingLong(set -> set.commit.hlc()).thenComparing(Done::id))
            .map(set -> set.operation.key());

    assertThat(world.state.last().value()).isEqualTo(expected);
    // Causality beats the wall clock: no write that another one saw is the value.
    world.of(Kind.LAST_SET).stream()
        .filter(set -> world.state.last().writes().stream().anyMatch(w -> isOf(w, set)))
        .forEach(set -> assertThat(world.isUnseen(set, Kind.LAST_SET)).isTrue());
  }

  @Property(tries = 300)
  void theValuesThatNoWriteSawAreAllThere(@ForAll long seed) {
    var world = World.random(seed);
    var expected =
        world.of(Kind.MULTI_SET).stream()
            .filter(set -> world.isUnseen(set, Kind.MULTI_SET, Kind.MULTI_CLEAR))
            .map(set -> set.operation.amount())
            .collect(Collectors.toSet());

    assertThat(world.state.multi().values()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Property(tries = 200)
  void whatWasRemovedOnceIsNeverInATwoPhaseSet(@ForAll long seed) {
    var world = World.random(seed);
    var expected = new TreeSet<String>();
    world.of(Kind.PERMIT_ADD).forEach(add -> expected.add(add.operation.key()));
    world.of(Kind.PERMIT_REMOVE).forEach(remove -> expected.remove(remove.operation.key()));

    assertThat(world.state.permits().elements()).containsExactlyElementsOf(expected);
  }

  @Property(tries = 400)
  void aNestedValueIsMadeOfTheChangesThatNoRemovalAboveThemSaw(@ForAll long seed) {
    var world = World.random(seed);
    var changes = world.of(Kind.NESTED_COUNT, Kind.NESTED_REMOVE_INNER);
    var alive =
        changes.stream()
            .filter(change -> world.isUnseenByAnyOfSameKey(change, Kind.NESTED_REMOVE))
            .toList();
    var nested = world.state.maps().nested();

    assertThat(nested.keys())
        .containsExactlyElementsOf(
            alive.stream()
                .map(d -> d.operation.key())
                .collect(Collectors.toCollection(TreeSet::new)));
    for (var key : nested.keys()) {
      var expected = new TreeMap<String, Long>();
      for (var count : alive) {
        if (count.is(Kind.NESTED_COUNT)
            && count.operation.key().equals(key)
            && changes.stream().noneMatch(change -> removesInner(change, count))) {
          expected.merge(count.operation.inner(), count.operation.amount() - 2L, Long::sum);
        }
      }
      var inner = nested.get(key);
      assertThat(inner.keys()).containsExactlyElementsOf(expected.keySet());
      expected.forEach((k, sum) -> assertThat(inner.get(k).value()).isEqualTo(sum));
    }
  }

  private static boolean removesInner(Done change, Done count) {
    return change.is(Kind.NESTED_REMOVE_INNER)
        && change.operation.key().equals(count.operation.key())
        && change.operation.inner().equals(count.operation.inner())
        && change.sees(count);
  }

  private static boolean isOf(Written<String> written, Done set) {
    return written.event().equals(set.id());
  }

  private static Everything.Item itemOf(Operation operation) {
    return new Everything.Item(operation.key(), operation.amount());
  }
}

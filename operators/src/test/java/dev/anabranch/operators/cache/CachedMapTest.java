package dev.anabranch.operators.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The heap in front of a map of the keyed state: nobody may tell that it is there. */
class CachedMapTest {

  private enum Kind {
    GET,
    PUT,
    REMOVE,
    VALUES,
    CLEAR,
    WRITE_BACK,
    TRIM,
    LEAVE_THE_CACHE
  }

  private record Step(Kind kind, int key) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    var kinds =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.just(Kind.GET)),
            Tuple.of(6, Arbitraries.just(Kind.PUT)),
            Tuple.of(4, Arbitraries.just(Kind.REMOVE)),
            Tuple.of(1, Arbitraries.just(Kind.VALUES)),
            Tuple.of(1, Arbitraries.just(Kind.CLEAR)),
            Tuple.of(2, Arbitraries.just(Kind.WRITE_BACK)),
            Tuple.of(2, Arbitraries.just(Kind.TRIM)),
            Tuple.of(2, Arbitraries.just(Kind.LEAVE_THE_CACHE)));
    return Combinators.combine(kinds, Arbitraries.integers().between(0, 7)).as(Step::new).list();
  }

  @Property
  void itIsTheMapThatItStandsFor(@ForAll("steps") List<Step> steps, @ForAll boolean hasFew) {
    var stored = new StoredEntries();
    var model = new HashMap<Integer, String>();
    var cached = new CachedMap<>(stored, () -> hasFew, String::length);
    for (var i = 0; i < steps.size(); i++) {
      var key = steps.get(i).key();
      switch (steps.get(i).kind()) {
        case GET -> assertThat(cached.get(key)).isEqualTo(model.get(key));
        case PUT -> {
          cached.put(key, "v" + i);
          model.put(key, "v" + i);
        }
        case REMOVE -> {
          cached.remove(key);
          model.remove(key);
        }
        case VALUES -> {
          assertThat(cached.values()).containsExactlyInAnyOrderElementsOf(model.values());
          assertThat(cached.bytes()).isEqualTo(lengthOf(model));
        }
        case CLEAR -> {
          cached.clear();
          model.clear();
        }
        case WRITE_BACK -> requireWritten(cached, stored, model);
        case TRIM -> cached.trim(key, kept -> kept % 2 == 0);
        case LEAVE_THE_CACHE -> {
          requireWritten(cached, stored, model);
          cached = new CachedMap<>(stored, () -> hasFew, String::length);
        }
        default -> throw new AssertionError(steps.get(i));
      }
      assertThat(cached.bytes()).isBetween(0L, lengthOf(model));
    }
    requireWritten(cached, stored, model);
  }

  private static long lengthOf(Map<Integer, String> map) {
    return map.values().stream().mapToLong(String::length).sum();
  }

  /** What is done to a layer is seen there only; what is done beneath it, unless it did too. */
  @Property
  void aLayerIsAMapOverTheOther(
      @ForAll("steps") List<Step> before, @ForAll("steps") List<Step> steps) {
    var stored = new StoredEntries();
    var model = new HashMap<Integer, String>();
    var beneath = new CachedMap<>(stored, () -> false, String::length);
    before.forEach(step -> change(beneath, model, step, "before"));
    var layer = beneath.layer();
    var changes = new HashMap<Integer, Optional<String>>();
    for (var step : steps) {
      var key = step.key();
      switch (step.kind()) {
        case PUT -> {
          layer.put(key, "layer");
          changes.put(key, Optional.of("layer"));
        }
        case REMOVE -> {
          layer.remove(key);
          changes.put(key, Optional.empty());
        }
        default -> change(beneath, model, step, "after");
      }
      var expected = new HashMap<>(model);
      changes.forEach((changed, value) -> expected.put(changed, value.orElse(null)));
      expected.values().removeIf(Objects::isNull);
      assertThat(layer.get(key)).isEqualTo(expected.get(key));
      assertThat(layer.values()).containsExactlyInAnyOrderElementsOf(expected.values());
      assertThat(beneath.get(key)).isEqualTo(model.get(key));
    }
    assertThat(layer.size()).as("kept of what is beneath").isEqualTo(changes.size());
    requireWritten(beneath, stored, model);
  }

  private static void change(
      CachedMap<Integer, String> map, Map<Integer, String> model, Step step, String value) {
    switch (step.kind()) {
      case PUT, GET -> {
        map.put(step.key(), value);
        model.put(step.key(), value);
      }
      case REMOVE -> {
        map.remove(step.key());
        model.remove(step.key());
      }
      case WRITE_BACK -> map.writeBack();
      case TRIM -> map.trim(step.key(), kept -> false);
      case CLEAR -> {
        map.clear();
        model.clear();
      }
      default -> assertThat(map.get(step.key())).isEqualTo(model.get(step.key()));
    }
  }

  @Test
  void aLayerIsNeverWrittenBack() {
    var layer = new CachedMap<>(new StoredEntries()).layer();
    layer.put(1, "a");
    assertThatThrownBy(layer::writeBack).isInstanceOf(UnsupportedOperationException.class);
  }

  private static void requireWritten(
      CachedMap<Integer, String> cached, StoredEntries stored, Map<Integer, String> model) {
    cached.writeBack();
    assertThat(cached.isChanged()).isFalse();
    assertThat(stored.entries).isEqualTo(model);
  }

  @Test
  void whatComesAndGoesBetweenWriteBacksIsNeverWritten() {
    var stored = new StoredEntries();
    var cached = new CachedMap<>(stored);
    cached.knownEmpty();

    cached.put(1, "a");
    cached.remove(1);
    cached.writeBack();

    assertThat(stored.calls).isZero();
    assertThat(cached.size()).isZero();
  }

  @Test
  void ofANewAggregateNothingIsRead() {
    var stored = new StoredEntries();
    var cached = new CachedMap<>(stored);
    cached.knownEmpty();

    assertThat(cached.get(1)).isNull();
    assertThat(cached.values()).isEmpty();
    assertThat(stored.calls).isZero();
  }

  @Test
  void someReadsOfOneAggregateAreFollowedByOneOfAll() {
    var stored = new StoredEntries();
    for (var i = 0; i < 100; i++) {
      stored.entries.put(i, "v" + i);
    }
    var cached = new CachedMap<>(stored);
    for (var i = 0; i < 100; i++) {
      assertThat(cached.get(i)).isEqualTo("v" + i);
    }
    assertThat(stored.calls).isLessThan(10);
  }

  @Test
  void ofManyEntriesNoneIsReadForTheSakeOfOthersAndFewStay() {
    var stored = new StoredEntries();
    for (var i = 0; i < 100; i++) {
      stored.entries.put(i, "v" + i);
    }
    var cached = new CachedMap<>(stored, () -> false);
    for (var i = 0; i < 50; i++) {
      assertThat(cached.get(i)).isEqualTo("v" + i);
    }
    assertThat(stored.calls).isEqualTo(50);
    cached.put(100, "changed");

    cached.trim(10, kept -> kept == 7);

    assertThat(cached.size()).isEqualTo(2);
    assertThat(cached.get(7)).isEqualTo("v7");
    assertThat(cached.get(100)).isEqualTo("changed");
    assertThat(stored.calls).isEqualTo(50);
    assertThat(cached.values()).hasSize(101);
  }

  private static final class StoredEntries implements CachedMap.Backing<Integer, String> {
    private final Map<Integer, String> entries = new TreeMap<>();
    private int calls;

    @Override
    public @Nullable String read(Integer key) {
      calls++;
      return entries.get(key);
    }

    @Override
    public void write(Integer key, String value) {
      calls++;
      entries.put(key, value);
    }

    @Override
    public void remove(Integer key) {
      calls++;
      entries.remove(key);
    }

    @Override
    public void readAll(BiConsumer<Integer, String> action) {
      calls++;
      entries.forEach(action);
    }

    @Override
    public void clear() {
      calls++;
      entries.clear();
    }
  }
}

package dev.anabranch.model.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandWindowTest {

  @Test
  void findsTheNewestOfAHash() {
    var window = CommandWindow.EMPTY.with(1, 10, 5).with(2, 11, 5).with(1, 12, 5);

    assertThat(window.offsetOf(1)).isEqualTo(12);
    assertThat(window.offsetOf(2)).isEqualTo(11);
    assertThat(window.offsetOf(3)).isEqualTo(-1);
  }

  @Test
  void dropsTheOldest() {
    var window = CommandWindow.EMPTY.with(1, 10, 2).with(2, 11, 2).with(3, 12, 2);

    assertThat(window.size()).isEqualTo(2);
    assertThat(window.offsetOf(1)).isEqualTo(-1);
    assertThat(window.offsetOf(2)).isEqualTo(11);
  }

  @Test
  void shrinksToASmallerLimit() {
    var window = CommandWindow.EMPTY.with(1, 10, 5).with(2, 11, 5).with(3, 12, 5).with(4, 13, 2);

    assertThat(window).isEqualTo(CommandWindow.of(new long[] {3, 4}, new long[] {12, 13}));
  }

  @Test
  void isNotChangedByWhatIsMadeOfIt() {
    var before = CommandWindow.EMPTY.with(1, 10, 5);
    var one = before.with(2, 11, 5);
    var other = before.with(3, 11, 5);

    assertThat(before.size()).isEqualTo(1);
    assertThat(one.offsetOf(2)).isEqualTo(11);
    assertThat(one.offsetOf(3)).isEqualTo(-1);
    assertThat(other.offsetOf(3)).isEqualTo(11);
    assertThat(other.offsetOf(2)).isEqualTo(-1);
    assertThat(CommandWindow.EMPTY.size()).isZero();
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> CommandWindow.EMPTY.with(1, 1, 0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> CommandWindow.of(new long[1], new long[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CommandWindow.EMPTY.hashAt(0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Property
  void isTheTailOfEverythingAdded(
      @ForAll @Size(max = 60) List<Long> hashes, @ForAll @IntRange(min = 1, max = 20) int limit) {
    var window = CommandWindow.EMPTY;
    var all = new ArrayList<CommandWindow>();
    for (var i = 0; i < hashes.size(); i++) {
      window = window.with(hashes.get(i), i, limit);
      all.add(window);
    }

    for (var added = 1; added <= all.size(); added++) {
      var expected = hashes.subList(Math.max(0, added - limit), added);
      assertThat(hashesOf(all.get(added - 1))).isEqualTo(expected);
    }
  }

  /** Stored with the state: a change would make every window worthless. */
  @ParameterizedTest
  @CsvSource({
    "a, -9033471704281723301",
    "b, 7955382828454826704",
    "cmd-1, -6099370618479212748",
    "cmd-2, -797087197588862433",
    "550e8400-e29b-41d4-a716-446655440000, 7278446786632893375",
  })
  void hashNeverChanges(String commandId, long hash) {
    assertThat(CommandWindow.hash(commandId)).isEqualTo(hash);
  }

  @Test
  void hashOfManyIdsHasNoCollisionAndUsesAllBits() {
    var hashes = new HashSet<Long>();
    var ones = new int[Long.SIZE];
    var count = 100_000;
    for (var i = 0; i < count; i++) {
      var hash = CommandWindow.hash("cmd-" + i);
      hashes.add(hash);
      for (var bit = 0; bit < Long.SIZE; bit++) {
        ones[bit] += (int) (hash >>> bit & 1);
      }
    }

    assertThat(hashes).hasSize(count);
    for (var bit = 0; bit < Long.SIZE; bit++) {
      assertThat(ones[bit]).isBetween(count * 49 / 100, count * 51 / 100);
    }
  }

  private static List<Long> hashesOf(CommandWindow window) {
    var hashes = new ArrayList<Long>();
    for (var i = 0; i < window.size(); i++) {
      hashes.add(window.hashAt(i));
    }
    return hashes;
  }
}

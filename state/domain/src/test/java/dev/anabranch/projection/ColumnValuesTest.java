package dev.anabranch.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ColumnValuesTest {

  @Test
  void isTheSameAsASortedMapWhateverComesInWhateverOrder() {
    var random = new Random(5);
    for (var round = 0; round < 200; round++) {
      var expected = new TreeMap<String, @Nullable Object>();
      var values = ColumnValues.NONE;
      for (var step = 0; step < 20; step++) {
        var before = values;
        var copy = new TreeMap<>(before);
        var name = "c" + random.nextInt(8);
        if (random.nextInt(4) == 0) {
          expected.remove(name);
          values = values.without(name);
        } else {
          var value = random.nextInt(5) == 0 ? null : (Object) random.nextLong();
          expected.put(name, value);
          values = values.with(name, value);
        }
        assertThat(before).isEqualTo(copy);
        assertThat(new ArrayList<>(values.keySet())).isEqualTo(new ArrayList<>(expected.keySet()));
        assertThat(new ArrayList<>(values.values())).isEqualTo(new ArrayList<>(expected.values()));
        assertThat(values).isEqualTo(expected).hasSameSizeAs(expected);
        assertThat(values.keySet()).isEqualTo(expected.keySet());
        assertThat(values.containsKey(name)).isEqualTo(expected.containsKey(name));
        assertThat(values.get(name)).isEqualTo(expected.get(name));
        assertThat(values.get("other")).isNull();
      }
    }
  }
}

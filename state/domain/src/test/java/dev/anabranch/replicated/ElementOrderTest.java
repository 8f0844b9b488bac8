package dev.anabranch.replicated;

import static dev.anabranch.replicated.Ops.p1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ElementOrderTest {

  enum Size {
    SMALL,
    LARGE
  }

  record Variant(String name, Size size, Optional<Integer> count, List<String> labels) {}

  private static final Comparator<Object> ORDER = ElementOrder.INSTANCE;

  private static void isAscending(Object... elements) {
    for (var i = 0; i < elements.length; i++) {
      for (var j = 0; j < elements.length; j++) {
        assertThat(Integer.signum(ORDER.compare(elements[i], elements[j])))
            .as("%s and %s", elements[i], elements[j])
            .isEqualTo(Integer.signum(Integer.compare(i, j)));
      }
    }
  }

  @Test
  void ordersWhatHasAnOrder() {
    isAscending("B", "a", "b");
    isAscending(-1, 2, 10);
    isAscending(Double.NEGATIVE_INFINITY, -0.0, 0.0, Double.NaN);
    isAscending(Instant.EPOCH, Instant.EPOCH.plusNanos(1));
    // By name, not by position.
    isAscending(Size.LARGE, Size.SMALL);
  }

  @Test
  void keepsApartWhatIsNotEqual() {
    isAscending(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("1.5"));
    isAscending(1, 1L);
  }

  @Test
  void ordersRecordsByTheirComponents() {
    isAscending(
        new Variant("a", Size.LARGE, Optional.empty(), List.of()),
        new Variant("a", Size.LARGE, Optional.of(1), List.of()),
        new Variant("a", Size.LARGE, Optional.of(1), List.of("x")),
        new Variant("a", Size.LARGE, Optional.of(1), List.of("x", "y")),
        new Variant("a", Size.LARGE, Optional.of(1), List.of("y")),
        new Variant("a", Size.SMALL, Optional.empty(), List.of()),
        new Variant("b", Size.LARGE, Optional.empty(), List.of()));
    assertThat(
            ORDER.compare(
                new Variant("a", Size.LARGE, Optional.of(1), List.of("x")),
                new Variant("a", Size.LARGE, Optional.of(1), List.of("x"))))
        .isZero();
  }

  @Test
  void refusesWhatHasNone() {
    var set = OrSet.<Object>empty().add(new Object(), p1(1, 0));

    assertThatThrownBy(() -> set.add(new Object(), p1(2, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("implement Comparable");
  }
}

package dev.anabranch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class ResolversTest {

  record Order(String address, int quantity, String note) {}

  private static final Order BASE = new Order("Main St", 1, null);
  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  private final ConflictResolver<Order> fieldWise = Resolvers.fieldWise(Order.class);

  @Test
  void theLastWriterWinsByTimeThenByDot() {
    var resolver = Resolvers.<String>lastWriterWins();

    assertThat(resolver.resolve(List.of(version(A, 1, "x"), version(B, 2, "y")), ""))
        .isEqualTo("y");
    assertThat(resolver.resolve(List.of(version(A, 2, "x"), version(B, 2, "y")), ""))
        .isEqualTo("y");
    assertThat(resolver.resolve(List.of(version(B, 1, "y"), version(A, 2, "x")), ""))
        .isEqualTo("x");
  }

  @Test
  void eachFieldComesFromTheVersionThatChangedIt() {
    var merged =
        fieldWise.resolve(
            List.of(
                version(A, 1, new Order("Side St", 1, null)),
                version(B, 2, new Order("Main St", 5, "gift"))),
            BASE);

    assertThat(merged).isEqualTo(new Order("Side St", 5, "gift"));
  }

  @Test
  void ofSeveralThatChangedAFieldTheLatestWins() {
    var merged =
        fieldWise.resolve(
            List.of(
                version(A, 1, new Order("Main St", 2, "a")),
                version(B, 2, new Order("Main St", 3, null))),
            BASE);

    assertThat(merged).isEqualTo(new Order("Main St", 3, "a"));
  }

  @Test
  void aFieldThatOneVersionClearedIsCleared() {
    var merged =
        fieldWise.resolve(
            List.of(
                version(A, 1, new Order("Main St", 1, null)),
                version(B, 2, new Order("Main St", 2, "old"))),
            new Order("Main St", 1, "old"));

    assertThat(merged).isEqualTo(new Order("Main St", 2, null));
  }

  @Test
  void theReadyMadeOnesArePureWhateverTheOrder() {
    var live =
        List.of(
            version(A, 1, new Order("Side St", 1, null)),
            version(B, 2, new Order("Main St", 5, "gift")),
            version(new RegionId("c"), 3, new Order("Main St", 7, null)));

    assertThat(impurity(fieldWise, live, true)).isNull();
    assertThat(impurity(Resolvers.<Order>lastWriterWins(), live, true)).isNull();
  }

  @Test
  void anImpureResolverIsFoundAndNamed() {
    var calls = new AtomicInteger();
    var counts = resolver((live, base) -> new Order("", calls.incrementAndGet(), null));

    assertThat(impurity(counts, two(), false))
        .contains("resolver test", "same question differently", "a:1", "b:1");
  }

  @Test
  void aResolverThatDependsOnTheOrderIsFoundIfItMayNot() {
    var first = resolver((live, base) -> live.get(0).state());

    assertThat(impurity(first, two(), false)).isNull();
    assertThat(impurity(first, two(), true)).contains("depends on the order");
  }

  @Test
  void aResolverThatThrowsIsReported() {
    var throwing =
        resolver(
            (live, base) -> {
              throw new IllegalStateException("no idea");
            });

    assertThat(impurity(throwing, two(), false)).contains("throws", "no idea");
  }

  @Test
  void resolverIdsAreDistinct() {
    var one = resolver((live, base) -> base);
    var other = resolver((live, base) -> live.get(0).state());

    assertThatThrownBy(() -> ReplicationPolicy.automatic(one, other))
        .hasMessageContaining("not distinct");
  }

  @Test
  void aFormerResolverStaysKnown() {
    var policy =
        new ReplicationPolicy.Automatic<>(fieldWise, List.of(Resolvers.<Order>lastWriterWins()));

    assertThat(policy.resolver("field-wise")).contains(fieldWise);
    assertThat(policy.resolver("last-writer-wins")).isPresent();
    assertThat(policy.resolver("else")).isEmpty();
  }

  @Test
  void homesFollowTheLongestPrefix() {
    var homes = HomePolicy.byIdPrefix(new TreeMap<>(Map.of("eu-", A, "eu-x", B)), B);

    assertThat(homes.home("Order", "eu-1")).isEqualTo(A);
    assertThat(homes.home("Order", "eu-x1")).isEqualTo(B);
    assertThat(homes.home("Order", "us-1")).isEqualTo(B);
    assertThat(HomePolicy.fixed(A).home("Order", "us-1")).isEqualTo(A);
  }

  private static List<LiveVersion<Order>> two() {
    return List.of(version(A, 1, BASE), version(B, 2, new Order("Side St", 2, "x")));
  }

  private static <S> LiveVersion<S> version(RegionId origin, long hlc, S state) {
    return new LiveVersion<>(new Dot(origin, 1), hlc, state);
  }

  private static String impurity(
      ConflictResolver<Order> resolver, List<LiveVersion<Order>> live, boolean anyOrder) {
    return ResolverCheck.findImpurity(
            resolver, live, BASE, anyOrder, s -> s.toString().getBytes(StandardCharsets.UTF_8))
        .orElse(null);
  }

  private static ConflictResolver<Order> resolver(
      BiFunction<List<LiveVersion<Order>>, Order, Order> resolve) {
    return new ConflictResolver<>() {
      @Override
      public String id() {
        return "test";
      }

      @Override
      public Order resolve(List<LiveVersion<Order>> live, Order base) {
        return resolve.apply(live, base);
      }
    };
  }
}

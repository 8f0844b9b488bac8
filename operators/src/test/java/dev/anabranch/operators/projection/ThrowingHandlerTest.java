package dev.anabranch.operators.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.events.ProjectionHarness;
import dev.anabranch.projection.Column;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.QueryTable;
import dev.anabranch.query.ParkedRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a handler throws is the problem of one aggregate: it is parked, and others go on. */
class ThrowingHandlerTest {

  private static final QueryTable COUNTS =
      QueryTable.named("counts")
          .key(Column.text("tally", 20))
          .columns(Column.integer("number"))
          .build();

  private static final Map<String, Supplier<Throwable>> KINDS =
      Map.ofEntries(
          Map.entry("IllegalStateException", () -> new IllegalStateException("x")),
          Map.entry("StackOverflowError", () -> new StackOverflowError("x")),
          Map.entry("AssertionError", () -> new AssertionError("x")),
          Map.entry("NoClassDefFoundError", () -> new NoClassDefFoundError("com/acme/Missing")),
          Map.entry("ExceptionInInitializerError", () -> new ExceptionInInitializerError("x")),
          Map.entry("IOException", () -> new IOException("disk")),
          Map.entry("InterruptedException", () -> new InterruptedException("the handler's own")),
          Map.entry("an Error of its own", Todo::new),
          Map.entry("100 KB message", () -> new IllegalStateException("x".repeat(100_000))),
          Map.entry("anonymous, no message", () -> new RuntimeException() {}),
          Map.entry("blank message", () -> new RuntimeException("  ")),
          Map.entry("getMessage throws", Unreadable::new),
          Map.entry("half of a surrogate", () -> new RuntimeException("a\uD800b")));

  /** What Kotlin throws where code is still to be written. */
  private static final class Todo extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("in getMessage");
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> void sneaky(Throwable t) throws X {
    throw (X) t;
  }

  static Stream<String> kinds() {
    return KINDS.keySet().stream().sorted();
  }

  private static Projection rows(@Nullable Supplier<Throwable> thrown) {
    return Projection.named("tallies")
        .revision(1)
        .tables(TallyReadModel.TALLIES, TallyReadModel.SUMS)
        .from(
            TallyReadModel.type(),
            (event, context) -> {
              var number = Long.parseLong(event);
              if (thrown != null && number == 666) {
                ThrowingHandlerTest.<RuntimeException>sneaky(thrown.get());
              }
              return List.of(
                  TallyReadModel.TALLIES
                      .row(context.aggregateId())
                      .set("version", context.version())
                      .set("trail", "last " + number)
                      .add("total", number),
                  TallyReadModel.SUMS.row("all").add("amount", number).add("events", 1));
            })
        .build();
  }

  private static Projection views(Supplier<Throwable> thrown) {
    return Projection.named("counts")
        .tables(COUNTS)
        .fromViews(
            TallyReadModel.type(),
            view -> {
              var number = Long.parseLong(view.state());
              if (number == 666) {
                ThrowingHandlerTest.<RuntimeException>sneaky(thrown.get());
              }
              return List.of(COUNTS.row(view.aggregateId()).set("number", number));
            })
        .build();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anEventIsParkedWithThoseBehindItUntilTheCodeIsMended(String kind) throws Exception {
    try (var projections =
        new ProjectionHarness(TallyReadModel.projections(rows(KINDS.get(kind))))) {
      var version = projections.database.begin(rows(null), true);
      projections.start();
      projections.deliver(
          projections.write("a", 666), projections.write("a", 2), projections.write("b", 3));
      projections.awaitEnd(version);

      var parked = projections.database.allParked(version);
      assertThat(parked).hasSize(2);
      assertThat(parked.get(0).hasFailed()).isTrue();
      assertThat(parked.get(1).hasFailed()).isFalse();
      assertThat(projections.database.tables(version).find(TallyReadModel.TALLIES, "b"))
          .isPresent();

      // The same code fails again, and nothing behind the row goes before it.
      projections.database.request(
          version, new AggregateKey("Tally", "a"), ParkedRequest.Action.RETRY);
      projections.await("the retry", () -> noRequests(projections));
      assertThat(projections.database.allParked(version)).hasSize(2);
      assertThat(projections.database.tables(version).find(TallyReadModel.TALLIES, "a")).isEmpty();

      projections.crash();
      projections.release(TallyReadModel.projections(rows(null)));
      projections.start();
      projections.database.request(
          version, new AggregateKey("Tally", "a"), ParkedRequest.Action.RETRY);
      projections.await("the end", () -> projections.database.allParked(version).isEmpty());
      projections.assertExact(version);
    }
  }

  private static boolean noRequests(ProjectionHarness projections) {
    try (var session = projections.database.open()) {
      return session.requests().isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aViewIsParkedAndOthersAreShown(String kind) throws Exception {
    try (var projections =
        new ProjectionHarness(TallyReadModel.projections(views(KINDS.get(kind))))) {
      var version = projections.database.begin(views(KINDS.get(kind)), true);
      projections.start();
      show(projections, "a", 666);
      show(projections, "b", 3);
      projections.await(
          "the end of views",
          () ->
              projections.views.ends(List.of(0, 1)).entrySet().stream()
                  .allMatch(
                      end ->
                          projections.database.nextOffset(version, end.getKey())
                              >= end.getValue()));

      assertThat(projections.database.allParked(version)).hasSize(1);
      assertThat(projections.database.allParked(version).get(0).hasFailed()).isTrue();
      assertThat(projections.database.tables(version).find(COUNTS, "b")).isPresent();
    }
  }

  private static void show(ProjectionHarness projections, String id, long number) {
    projections.views.add(
        0,
        new AggregateView(
            "a",
            new AggregateKey("Tally", id),
            VectorTime.ZERO.with(new RegionId("a"), 1),
            1 << 16,
            TallyReadModel.event(number),
            "text/plain",
            false,
            List.of(),
            List.of(),
            ""));
  }
}

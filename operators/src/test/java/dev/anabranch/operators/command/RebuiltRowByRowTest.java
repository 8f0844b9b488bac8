package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Aggregates that are made anew from pages of one row, over connections that are lost between them,
 * while commits of other regions come, and through restarts, end as those that are made of whole
 * histories.
 */
@Timeout(240)
class RebuiltRowByRowTest {

  private static final List<String> ALL = List.of("a", "b", "c");
  private static final List<String> KEYS = List.of("Home/1", "Set/1", "Auto/1", "Hand/1");

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void itEndsAsIfTheWholeHistoryWasFolded(int seed) throws Exception {
    var random = new Random(seed);
    try (var a = region("a");
        var c = region("c");
        var whole = region("b");
        var paged = region("b")) {
      paged.operator().useStore(new RowByRowStore(paged.store().factory(), 7));
      paged.operator().crash();
      whole.operator().crash();
      var given = new ArrayList<List<LogRow>>(List.of(new ArrayList<>(), new ArrayList<>()));
      for (var step = 0; step < 30; step++) {
        var from = random.nextBoolean() ? a : c;
        var to = from == a ? c : a;
        var key = KEYS.get(random.nextInt(KEYS.size()));
        // The same ids in both regions: some commands are accepted twice.
        from.handle(key, "c" + random.nextInt(12), "add " + from.name() + step);
        if (random.nextInt(4) == 0) {
          to.receiveAll(from);
        }
        if (random.nextInt(3) == 0) {
          give(from, given.get(from == a ? 0 : 1), random, whole, paged);
          for (var region : List.of(whole, paged)) {
            for (var each : KEYS) {
              region.operator().send(each, "r" + step, "read");
            }
          }
          give(to, given.get(to == a ? 0 : 1), random, whole, paged);
          paged.operator().pump();
          switch (random.nextInt(5)) {
            case 0 -> {
              paged.operator().checkpoint();
              paged.operator().crash();
            }
            case 1 -> paged.operator().crash();
            case 2 -> {
              paged.operator().checkpoint();
              paged.operator().pump();
              paged.operator().crash();
            }
            default -> paged.operator().settle();
          }
          whole.operator().settle();
        }
      }
      for (var region : List.of(a, c)) {
        give(region, given.get(region == a ? 0 : 1), random, whole, paged);
      }
      whole.operator().settle();
      paged.operator().settle();
      for (var key : KEYS) {
        for (var n = 0; n < 2; n++) {
          assertThat(answer(paged, key, "z" + n)).as(key).isEqualTo(answer(whole, key, "z" + n));
          paged.operator().checkpoint();
          paged.operator().crash();
          whole.operator().checkpoint();
          whole.operator().crash();
        }
        for (var state :
            List.of(
                FlinkCommandState.GRAPH_ENTRIES,
                FlinkCommandState.GRAPH_EVENTS,
                FlinkCommandState.GATE)) {
          assertThat(paged.operator().entriesOf(state, key))
              .as(key + " " + state)
              .isEqualTo(whole.operator().entriesOf(state, key));
        }
      }
      assertThat(List.copyOf(paged.dots())).containsExactlyInAnyOrderElementsOf(whole.dots());
      whole.operator().restartFromNothing();
      paged.operator().restartFromNothing();
      for (var key : KEYS) {
        assertThat(answer(paged, key, "y")).as(key).isEqualTo(answer(whole, key, "y"));
      }
    }
  }

  private static String answer(RegionHarness region, String key, String id) throws Exception {
    var reply = region.handle(key, id, "read");
    return reply.status()
        + " "
        + reply.body().code()
        + " "
        + reply.body().version()
        + " "
        + new String(reply.body().result(), UTF_8)
        + " "
        + reply.body().details();
  }

  private static void give(
      RegionHarness from, List<LogRow> given, Random random, RegionHarness... to) throws Exception {
    var commits = from.commits();
    for (var row : commits.subList(given.size(), commits.size())) {
      given.add(row);
      var hollow =
          row.outcome().kind() == RowKind.COMMIT
              && !row.outcome().aggregate().type().equals("Home")
              && random.nextInt(4) == 0;
      for (var region : to) {
        if (hollow) {
          region.receive(RegionHarness.tombstoneOf(row), from.name());
        }
        region.receive(row, from.name());
      }
    }
  }

  private static RegionHarness region(String name) throws Exception {
    return new RegionHarness(
        name, ALL, "a", new Batching(1, 3, 1 << 20, 200, 1 << 24), Duration.ofSeconds(20));
  }
}

package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogRow;
import dev.anabranch.model.RowKind;
import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Commits of another region that come before what they depend on, or beside their own tombstones;
 * and what is left of them after a restart, or while the database is away.
 */
class EarlyCommitsTest {

  private static final List<String> ALL = List.of("a", "b");
  private static final Batching ONE_BY_ONE = new Batching(1, 1, 1 << 20, 200, 1 << 24);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final List<RegionHarness> regions = new ArrayList<>();
  private RegionHarness a;

  @BeforeEach
  void start() throws Exception {
    a = region("a", ONE_BY_ONE, LONG);
  }

  @AfterEach
  void stop() throws Exception {
    for (var region : regions) {
      region.close();
    }
  }

  @Test
  void aPayloadThatACheckpointTookAlongUndecidedIsNotDropped() throws Exception {
    var b = region("b", ONE_BY_ONE, SHORT);
    a.handle("Auto/1", "c1", "add x");
    var commit = a.commits().get(0);
    b.receive(RegionHarness.tombstoneOf(commit), "a");
    b.operator().settle();
    b.operator().checkpoint();

    b.store().databaseOf("Auto/1").setDown(true);
    b.receive(commit, "a");
    b.operator().checkpoint();
    b.operator().crashWithoutReplay();
    b.store().databaseOf("Auto/1").setDown(false);
    b.operator().settle();

    assertThat(kinds(b)).containsExactly(RowKind.TOMBSTONE, RowKind.COMMIT);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x");
    b.receive(commit, "a");
    b.operator().settle();
    assertThat(kinds(b)).containsExactly(RowKind.TOMBSTONE, RowKind.COMMIT);
  }

  @Test
  void aTombstoneThatACheckpointTookAlongUndecidedHasItsPayloadOnceOnly() throws Exception {
    var b = region("b", ONE_BY_ONE, SHORT);
    a.handle("Auto/1", "c1", "add x");
    var commit = a.commits().get(0);

    b.store().databaseOf("Auto/1").setDown(true);
    b.receive(RegionHarness.tombstoneOf(commit), "a");
    b.receive(commit, "a");
    b.receive(commit, "a");
    b.operator().checkpoint();
    b.operator().crashWithoutReplay();
    b.store().databaseOf("Auto/1").setDown(false);
    b.operator().settle();

    assertThat(kinds(b)).containsExactly(RowKind.TOMBSTONE, RowKind.COMMIT);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x");
  }

  @Test
  void whatWaitedForACommitThatTheTailHasIsLetPass() throws Exception {
    var b = region("b", ONE_BY_ONE, LONG);
    a.handle("Auto/1", "c1", "add x");
    a.handle("Auto/1", "c2", "add y");
    b.receive(a.commits().get(1), "a");
    b.operator().settle();
    b.operator().checkpoint();

    b.receive(a.commits().get(0), "a");
    b.awaitRows(1);
    b.operator().crash();
    b.operator().settle();

    assertThat(b.dots()).containsExactly("a:1", "a:2");
    assertThat(b.operator().entriesOf(FlinkCommandState.GATE, "Auto/1")).isZero();
  }

  @Test
  void whatTheTailHasIsHeldNoMore() throws Exception {
    var b = region("b", ONE_BY_ONE, LONG);
    a.handle("Auto/1", "c1", "add x");
    a.handle("Auto/1", "c2", "add y");
    b.receive(a.commits().get(1), "a");
    b.operator().settle();
    b.operator().checkpoint();

    b.receive(a.commits().get(0), "a");
    b.operator().settle();
    b.operator().crashWithoutReplay();

    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x,y");
    assertThat(b.dots()).containsExactly("a:1", "a:2");
    assertThat(b.operator().entriesOf(FlinkCommandState.GATE, "Auto/1")).isZero();
  }

  @Test
  void aTombstoneDoesNotTakeThePlaceOfAHeldPayload() throws Exception {
    var b = region("b", ONE_BY_ONE, LONG);
    a.handle("Auto/1", "c1", "add x");
    a.handle("Auto/1", "c2", "add y");
    var first = a.commits().get(0);
    var second = a.commits().get(1);

    b.receive(second, "a");
    b.receive(RegionHarness.tombstoneOf(second), "a");
    b.receive(first, "a");
    b.operator().settle();

    assertThat(kinds(b)).containsExactly(RowKind.COMMIT, RowKind.COMMIT);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x,y");
  }

  @Test
  void aHeldPayloadTakesThePlaceOfItsTombstone() throws Exception {
    var b = region("b", ONE_BY_ONE, LONG);
    a.handle("Auto/1", "c1", "add x");
    a.handle("Auto/1", "c2", "add y");
    var second = a.commits().get(1);

    b.receive(RegionHarness.tombstoneOf(second), "a");
    b.receive(second, "a");
    b.receive(a.commits().get(0), "a");
    b.operator().settle();

    assertThat(kinds(b)).containsExactly(RowKind.COMMIT, RowKind.COMMIT);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(",x,y");
  }

  /**
   * Any order, with tombstones and repeats among them; a restart of some kind after each record.
   */
  @Test
  void noOrderAndNoRestartAfterAnyRecordChangesWhatIsStored() throws Exception {
    for (var type : List.of("Auto", "Hand", "Set", "Home")) {
      for (var i = 1; i <= 5; i++) {
        a.handle(type + "/1", "c" + i, "add " + i);
      }
    }
    for (var seed = 1; seed <= 4; seed++) {
      var random = new Random(seed);
      var b = region("b", ONE_BY_ONE, SHORT);
      var records = new ArrayList<LogRow>();
      for (var commit : a.commits()) {
        records.add(commit);
        if (random.nextInt(3) == 0 && !commit.outcome().aggregate().type().equals("Home")) {
          records.add(RegionHarness.tombstoneOf(commit));
        }
        if (random.nextInt(4) == 0) {
          records.add(commit);
        }
      }
      Collections.shuffle(records, random);
      for (var record : records) {
        b.receive(record, "a");
        restart(b, record, random);
      }
      b.operator().settle();
      for (var type : List.of("Auto", "Hand", "Set", "Home")) {
        if (!type.equals("Home")) {
          assertThat(b.read(type + "/1", "r1"))
              .as("seed " + seed)
              .isEqualTo(a.read(type + "/1", "s" + seed));
        }
        assertThat(b.operator().entriesOf(FlinkCommandState.GATE, type + "/1"))
            .as("entries of the gate of " + type + ", seed " + seed)
            .isLessThanOrEqualTo(type.equals("Home") ? 0 : 1);
      }
      assertThat(payloads(b)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(payloads(a));
    }
  }

  private static void restart(RegionHarness b, LogRow record, Random random) throws Exception {
    var database = b.store().databaseOf(record.outcome().aggregate().toString());
    switch (random.nextInt(6)) {
      case 0 -> {
        b.operator().settle();
        b.operator().checkpoint();
      }
      case 1 -> b.operator().crash();
      case 2 -> {
        b.operator().checkpoint();
        b.operator().crash();
      }
      case 3 -> {
        database.setDown(true);
        b.operator().checkpoint();
        b.operator().crash();
        database.setDown(false);
      }
      case 4 -> b.operator().pump();
      default -> b.operator().settle();
    }
  }

  private static List<String> payloads(RegionHarness region) {
    return region.commits().stream()
        .filter(row -> row.outcome().kind() != RowKind.TOMBSTONE)
        .map(row -> row.outcome().aggregate() + " " + row.outcome().dot())
        .toList();
  }

  private static List<RowKind> kinds(RegionHarness region) {
    return region.commits().stream().map(row -> row.outcome().kind()).toList();
  }

  private RegionHarness region(String name, Batching batching, Duration drain) throws Exception {
    var region = new RegionHarness(name, ALL, "a", batching, drain);
    regions.add(region);
    return region;
  }
}

package dev.anabranch.operators.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.wire.blob.CausalityBlob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Three regions in which everything happens at random: commands, also one command in two regions;
 * rows that arrive late, twice, out of order and by way of a third region; crashes, with restarts
 * from a checkpoint and from nothing. When everything has arrived, all regions have the same
 * commits and the same states.
 */
class RemoteHistoryTest {

  private static final List<String> REGIONS = List.of("a", "b", "c");
  private static final List<String> AGGREGATES = List.of("Auto/1", "Auto/2", "Set/1", "Hand/1");
  private static final int STEPS = 60;

  @Property(tries = 5, shrinking = ShrinkingMode.OFF)
  void regionsThatHaveTheSameCommitsHaveTheSameStates(@ForAll long seed) throws Exception {
    var random = new Random(seed);
    var regions = new ArrayList<RegionHarness>();
    try {
      for (var name : REGIONS) {
        regions.add(new RegionHarness(name, REGIONS));
      }
      for (var step = 0; step < STEPS; step++) {
        anything(regions, random, step);
      }
      bringTogether(regions);
      assertSame(regions);
      for (var region : regions) {
        region.operator().restartFromNothing();
        region.operator().settle();
      }
      assertSame(regions);
    } finally {
      for (var region : regions) {
        region.close();
      }
    }
  }

  private static void anything(List<RegionHarness> regions, Random random, int step)
      throws Exception {
    var region = regions.get(random.nextInt(regions.size()));
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        // Ids repeat, here and elsewhere.
        var commandId = "c" + (random.nextInt(4) == 0 ? random.nextInt(step + 1) : step);
        var aggregate = AGGREGATES.get(random.nextInt(AGGREGATES.size()));
        region.operator().send(aggregate, commandId, command(aggregate, random));
        if (random.nextBoolean()) {
          region.operator().settle();
        }
      }
      case 4, 5, 6, 7 -> {
        var other = regions.get(random.nextInt(regions.size()));
        if (other != region) {
          other.operator().settle();
          var rows = new ArrayList<>(other.commits());
          Collections.shuffle(rows, random);
          for (var row : rows.subList(0, rows.size() - rows.size() / 4)) {
            region.receive(row, other.name());
          }
        }
      }
      case 8 -> region.operator().checkpoint();
      default -> {
        if (random.nextBoolean()) {
          region.operator().crash();
        } else {
          region.operator().restartFromNothing();
        }
      }
    }
  }

  private static String command(String aggregate, Random random) {
    var word = String.valueOf((char) ('p' + random.nextInt(6)));
    return aggregate.startsWith("Set/") && random.nextInt(3) == 0
        ? "remove " + word
        : "add " + word;
  }

  /** Until nobody has anything that another one lacks. */
  private static void bringTogether(List<RegionHarness> regions) throws Exception {
    for (var region : regions) {
      region.operator().settle();
    }
    int before;
    do {
      before = regions.stream().mapToInt(region -> region.commits().size()).sum();
      for (var to : regions) {
        for (var from : regions) {
          if (to != from) {
            to.receiveAll(from);
          }
        }
      }
    } while (regions.stream().mapToInt(region -> region.commits().size()).sum() > before);
  }

  private static void assertSame(List<RegionHarness> regions) throws Exception {
    var dots = new HashSet<String>();
    regions
        .get(0)
        .commits()
        .forEach(row -> dots.add(row.outcome().aggregate() + " " + row.outcome().dot()));
    for (var region : regions) {
      assertCausesFirst(region);
      assertPublished(region);
      assertThat(region.commits())
          .as(region.name())
          .extracting(row -> row.outcome().aggregate() + " " + row.outcome().dot())
          .containsExactlyInAnyOrderElementsOf(dots);
    }
    for (var aggregate : AGGREGATES) {
      var answers = new HashSet<String>();
      for (var region : regions) {
        var reply = region.handle(aggregate, "read-" + Math.random(), "read");
        // A type whose conflicts somebody has to resolve lists its versions instead.
        answers.add(
            reply.status() == ReplyStatus.REJECTED
                ? reply.body().details().get("live")
                : new String(reply.body().result(), UTF_8));
      }
      assertThat(answers).as(aggregate).hasSize(1);
    }
  }

  /** By sets, not by the gate's own vectors. */
  private static void assertCausesFirst(RegionHarness region) {
    var before = new HashSet<String>();
    for (var row : region.commits()) {
      var outcome = row.outcome();
      var context = CausalityBlob.decode(outcome.blobs().causality()).context();
      context
          .entries()
          .forEach(
              (origin, count) -> {
                for (var n = 1; n <= count; n++) {
                  assertThat(before)
                      .as("causes of %s in the log of %s", outcome.dot(), region.name())
                      .contains(outcome.aggregate() + " " + origin + ":" + n);
                }
              });
      assertThat(before.add(outcome.aggregate() + " " + outcome.dot()))
          .as("%s is in the log of %s once", outcome.dot(), region.name())
          .isTrue();
    }
  }

  /** What others may read is in the topic, not only in the store. */
  private static void assertPublished(RegionHarness region) throws Exception {
    region.operator().settle();
    var published = new HashSet<LogPosition>();
    region.operator().rows().forEach(row -> published.add(row.position()));
    assertThat(published)
        .as("the events topic of %s", region.name())
        .containsAll(region.store().allRows().stream().map(LogRow::position).toList());
  }
}

package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.command.CommandOperatorOptions.Batching;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An aggregate holds two commits, and the tail has what only one of them waits for. */
class HeldBehindTailTest {

  private static final List<String> ALL = List.of("a", "b");

  private RegionHarness a;
  private RegionHarness b;

  @BeforeEach
  void start() throws Exception {
    a = region("a");
    b = region("b");
    for (var i = 1; i <= 6; i++) {
      a.handle("Auto/1", "c" + i, "add " + i);
    }
    // a:2 waits for a:1, a:4 for a:3.
    b.receive(a.commits().get(1), "a");
    b.receive(a.commits().get(3), "a");
    b.operator().settle();
    b.operator().checkpoint();

    b.receive(a.commits().get(0), "a");
    b.awaitRows(1);
    b.operator().crashWithoutReplay();
    b.operator().pumpUntil(() -> b.commits().size() >= 2);
    b.operator().settle();
    assertThat(b.dots()).containsExactly("a:1", "a:2");
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  @Test
  void whatIsStillHeldCounts() throws Exception {
    var held = b.operator().shards().remoteBytesHeld();
    assertThat(held).isPositive();

    b.receive(a.commits().get(5), "a");
    b.operator().settle();
    assertThat(b.operator().shards().remoteBytesHeld()).isGreaterThan(held);

    b.receive(a.commits().get(2), "a");
    b.receive(a.commits().get(4), "a");
    b.operator().settle();
    assertThat(b.dots()).hasSize(6);
    assertThat(b.operator().shards().remoteBytesHeld()).isZero();
  }

  /** The tombstone in the tail asks for the gate before a commit does. */
  @Test
  void whatIsStillHeldIsAskedForAtTheNextStartToo() throws Exception {
    b.operator().checkpoint();
    b.receive(RegionHarness.tombstoneOf(a.commits().get(2)), "a");
    b.awaitRows(3);
    b.operator().crash();
    b.operator().settle();

    assertThat(b.dots()).containsExactly("a:1", "a:2", "a:3", "a:4");
  }

  private static RegionHarness region(String name) throws Exception {
    return new RegionHarness(
        name, ALL, "a", new Batching(1, 1, 1 << 20, 200, 1 << 24), Duration.ofSeconds(20));
  }
}

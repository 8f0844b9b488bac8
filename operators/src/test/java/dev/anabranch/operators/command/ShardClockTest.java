package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Shards;
import dev.anabranch.operators.command.lane.TestStore;
import dev.anabranch.operators.task.TaskThreads;
import org.junit.jupiter.api.Test;

/** What a shard tells of time, whatever the machine says. */
class ShardClockTest {

  private static final long NOON_MICROS = 1_800_000_000_000_000L;

  @Test
  void aShardsClockNeverRunsBackwards() throws Exception {
    var time = new SetTime();
    try (var store = new TestStore();
        var operator = new OperatorHarness(store.factory())) {
      operator.useThreads(time);
      operator.crashWithoutReplay();
      operator.handle("Tally/1", "c0", "add x");
      time.micros -= 60_000_000;

      operator.handle(anotherInTheShardOf("Tally/1"), "c1", "add x");

      assertThat(operator.rows()).hasSize(2);
      assertThat(operator.rows().get(1).outcome().stamp().hlc())
          .isGreaterThan(operator.rows().get(0).outcome().stamp().hlc());
    }
  }

  private static String anotherInTheShardOf(String aggregate) {
    for (var i = 2; ; i++) {
      var other = "Tally/" + i;
      if (Shards.shardOf(other, OperatorHarness.SHARDS)
          == Shards.shardOf(aggregate, OperatorHarness.SHARDS)) {
        return other;
      }
    }
  }

  /** A time of day that is set by hand; threads are the machine's. */
  private static final class SetTime implements TaskThreads {

    private static final long serialVersionUID = 1L;

    private volatile long micros = NOON_MICROS;

    @Override
    public Running start(String name, Runnable body) {
      return REAL.start(name, body);
    }

    @Override
    public long nanoTime() {
      return REAL.nanoTime();
    }

    @Override
    public long nowMicros() {
      return micros;
    }

    @Override
    public long newId() {
      return REAL.newId();
    }

    @Override
    public Signal signal() {
      return REAL.signal();
    }
  }
}

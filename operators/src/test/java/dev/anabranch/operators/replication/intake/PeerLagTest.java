package dev.anabranch.operators.replication.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.task.TaskThreads;
import dev.anabranch.store.LogEnds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test asks by itself: the interval never ends. */
class PeerLagTest {

  private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
  private volatile boolean cut;
  private volatile int partitionsNotRead;
  private boolean closed;
  private final PeerLag lag =
      new PeerLag(
          "b", this::session, Duration.ofDays(1), (description, action) -> {}, TaskThreads.REAL);

  @AfterEach
  void close() {
    lag.close();
    assertThat(closed).isTrue();
  }

  @Test
  void countsWhatItsOwnPartitionsHaveStillToRead() {
    lag.read(0, 4);
    lag.read(2, 10);
    ends.putAll(Map.of(0, 15L, 1, 1_000L, 2, 11L));

    lag.ask();
    assertThat(lag.rows()).isEqualTo(10);

    lag.read(0, 14);
    lag.ask();
    assertThat(lag.rows()).isZero();
  }

  @Test
  void whatNobodyCanTellIsNotZero() {
    lag.read(0, 4);
    ends.put(0, 9L);
    assertThat(lag.rows()).as("not asked yet").isEqualTo(PeerLag.UNKNOWN);
    lag.ask();
    assertThat(lag.rows()).isEqualTo(4);

    cut = true;
    lag.ask();
    assertThat(lag.rows()).isEqualTo(PeerLag.UNKNOWN);

    cut = false;
    lag.ask();
    assertThat(lag.rows()).isEqualTo(4);
  }

  @Test
  void partitionsAreComparedAsSoonAsTheRegionAnswersAndNowAndThenAfterwards() {
    cut = true;
    lag.ask();
    lag.ask();
    cut = false;
    partitionsNotRead = 2;
    lag.ask();
    assertThat(lag.partitionsNotRead()).isEqualTo(2);

    partitionsNotRead = 0;
    for (var i = 1; i < PeerLag.PARTITIONS_EVERY; i++) {
      lag.ask();
    }
    assertThat(lag.partitionsNotRead()).isEqualTo(2);
    lag.ask();
    assertThat(lag.partitionsNotRead()).isZero();
  }

  private LogEnds.Session session() {
    return new LogEnds.Session() {
      @Override
      public Map<Integer, Long> ends() {
        if (cut) {
          throw new IllegalStateException("cut off");
        }
        return ends;
      }

      @Override
      public int partitionsNotRead() {
        if (cut) {
          throw new IllegalStateException("cut off");
        }
        return partitionsNotRead;
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}

package dev.anabranch.operators.command.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Causality;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.RegionHarness;
import dev.anabranch.wire.blob.CausalityBlob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the command job's graph forgets, and what it does when it had to be kept. */
class AggregateGraphTest {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");
  private static final List<String> REGIONS = List.of("a", "b");

  private RegionHarness a;
  private RegionHarness b;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    a = new RegionHarness("a", REGIONS);
    b = new RegionHarness("b", REGIONS);
  }

  @AfterEach
  void stop() throws Exception {
    a.close();
    b.close();
  }

  @Test
  void whatAllRegionsHaveIsForgottenAlsoWhenEachRecordIsFollowedByACrash() throws Exception {
    for (var round = 0; round < 60; round++) {
      add(a);
      b.receiveAll(a);
      add(b);
      a.receiveAll(b);
      add(a);
      if (round % 4 == 0) {
        a.operator().checkpoint();
        a.operator().crash();
        a.operator().settle();
      }
    }
    b.receiveAll(a);

    assertThat(a.commits()).hasSize(180);
    assertThat(a.operator().entriesOf("graph-entry-v1", "Auto/1")).isLessThan(100);
    assertThat(a.operator().entriesOf("graph-events-v1", "Auto/1")).isLessThan(100);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(a.read("Auto/1", "r2"));
  }

  @Test
  void aSilentRegionOnlyDelaysIt() throws Exception {
    for (var i = 0; i < 150; i++) {
      add(a);
      if (i % 21 == 0) {
        a.operator().checkpoint();
        a.operator().crash();
        a.operator().settle();
      }
    }
    a.operator().checkpoint();
    assertThat(a.operator().entriesOf("graph-entry-v1", "Auto/1")).isGreaterThan(150);

    b.receiveAll(a);
    add(b);
    a.receiveAll(b);
    for (var i = 0; i < 160; i++) {
      add(a);
    }

    assertThat(a.operator().entriesOf("graph-entry-v1", "Auto/1")).isLessThan(300);
    b.receiveAll(a);
    assertThat(b.read("Auto/1", "r1")).isEqualTo(a.read("Auto/1", "r2"));
  }

  /** As a region does that has a tombstone only of what came after. */
  @Test
  void aCommitOnWhatWasForgottenIsStoredAndTheGraphBuiltAnewFromTheLog() throws Exception {
    for (var round = 0; round < 60; round++) {
      add(a);
      b.receiveAll(a);
      add(b);
      a.receiveAll(b);
    }
    a.operator().checkpoint();
    var last = a.commits().get(a.commits().size() - 1);
    var context = VectorTime.of(Map.of(A, 60L, B, 60L));

    a.receive(onVersion(last, new Dot(B, 61), context, new Dot(A, 1)), "b");
    a.operator().settle();

    assertThat(a.commits()).hasSize(121);
    var reply = a.handle("Auto/1", "after", "add end");
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
    var rebuilt = a.read("Auto/1", "r1");
    a.operator().restartFromNothing();
    a.operator().settle();
    assertThat(a.read("Auto/1", "r2")).isEqualTo(rebuilt);
  }

  private void add(RegionHarness region) throws Exception {
    var reply = region.handle("Auto/1", "c" + sent, "add " + sent++ % 10);
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  private static LogRow onVersion(LogRow like, Dot dot, VectorTime context, Dot parent) {
    var outcome = like.outcome();
    var causality = new Causality(context, List.of(parent), VectorTime.ZERO, "");
    var blobs = outcome.blobs();
    var stamp = outcome.stamp();
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version() + 1,
            "late",
            "",
            dot,
            new Stamp(stamp.writer(), stamp.hlc() + 1, stamp.occurredAtMicros()),
            new Blobs(
                CausalityBlob.encode(causality), blobs.metadata(), blobs.reply(), blobs.events()))
        .at(like.shard(), like.offset() + 1);
  }
}

package dev.anabranch.operators.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.store.AppendResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stored commit can't be read any more, and others build on it. */
@Timeout(60)
class DamagedVersionsTest {

  private static final List<String> ALL = List.of("a", "b");

  @ParameterizedTest
  @ValueSource(strings = {"Auto/1", "Hand/1", "Home/1", "Set/1"})
  void itsAggregateIsParkedAndItsCommandsAreAnswered(String aggregate) throws Exception {
    try (var a = new RegionHarness("a", ALL);
        var damaged = new RegionHarness("a", ALL)) {
      for (var i = 1; i <= 3; i++) {
        a.handle(aggregate, "c" + i, "add " + i);
      }
      damaged.operator().pump();
      var rows = new ArrayList<LogRow>(a.commits());
      rows.set(1, damaged(rows.get(1)));
      var shard = rows.get(0).shard();
      try (var session = damaged.store().openSession(shard < OperatorHarness.SHARDS / 2 ? 0 : 1)) {
        assertThat(session.append(rows)).isInstanceOf(AppendResult.Appended.class);
      }
      damaged.operator().restartFromNothing();
      damaged.operator().send(aggregate, "c4", "add 4");
      damaged.operator().pumpUntil(() -> !damaged.operator().replies().isEmpty());

      var reply = damaged.operator().lastReply();
      assertThat(reply.status()).isEqualTo(ReplyStatus.ERROR);
      assertThat(reply.body().code()).isEqualTo(ErrorCodes.BROKEN);
    }
  }

  private static LogRow damaged(LogRow row) {
    var outcome = row.outcome();
    var blobs = outcome.blobs();
    byte[] unreadable = {99, 1, 2, 3};
    return new Outcome(
            outcome.kind(),
            outcome.aggregate(),
            outcome.version(),
            outcome.commandId(),
            outcome.slot(),
            outcome.dot(),
            outcome.stamp(),
            new Blobs(unreadable, blobs.metadata(), blobs.reply(), blobs.events()))
        .at(row.shard(), row.offset());
  }
}

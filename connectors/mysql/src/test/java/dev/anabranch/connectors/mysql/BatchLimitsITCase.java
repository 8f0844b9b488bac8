package dev.anabranch.connectors.mysql;

import static dev.anabranch.connectors.mysql.TestRows.commit;
import static dev.anabranch.connectors.mysql.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.AppendResult.DuplicateCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches beyond what one statement holds. */
class BatchLimitsITCase {

  private static final int ROWS_PER_INSERT = 30;

  @ParameterizedTest
  @EnumSource(InsertStrategy.class)
  void aBatchOfSeveralStatementsIsAllOrNothing(InsertStrategy strategy) {
    try (var region = region(strategy);
        var session = region.open()) {
      assertThat(session.append(rows(0, 0, 100))).isEqualTo(Appended.INSTANCE);
      assertThat(session.append(rows(0, 0, 100))).isEqualTo(Appended.INSTANCE);
      assertThat(session.read(0, 0, 1_000)).hasSize(100);

      // Its last statement holds a command that is stored: the first ones leave nothing behind.
      var repeating = new ArrayList<>(rows(1, 0, 99));
      repeating.add(commit(1, 99, "id-0-7", 2, "command-0-7"));
      assertThat(session.append(repeating)).isInstanceOf(DuplicateCommands.class);
      assertThat(session.heads(List.of(1))).isEmpty();
      assertThat(session.append(rows(1, 0, 99))).isEqualTo(Appended.INSTANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(InsertStrategy.class)
  void aBatchOfManyBytesIsStored(InsertStrategy strategy) {
    try (var region = region(strategy);
        var session = region.open()) {
      var batch = new ArrayList<LogRow>();
      for (var offset = 0; offset < 5; offset++) {
        batch.add(large(offset, 5 << 20));
      }
      assertThat(session.append(batch)).isEqualTo(Appended.INSTANCE);
      assertThat(session.read(0, 0, 1_000)).hasSize(5).allMatch(row -> isIn(batch, row));
    }
  }

  @ParameterizedTest
  @EnumSource(InsertStrategy.class)
  void aRowThatNoStatementHoldsIsAWrongProgramAndLeavesNothing(InsertStrategy strategy) {
    try (var region = region(strategy);
        var session = region.open()) {
      var batch = new ArrayList<>(rows(0, 0, ROWS_PER_INSERT));
      batch.add(large(ROWS_PER_INSERT, 17 << 20));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.append(batch))
          .withMessageContaining("row 0@30 takes")
          .withMessageContaining("max_allowed_packet");
      assertThat(session.heads(List.of(0))).isEmpty();
      assertThat(session.append(rows(0, 0, 10))).isEqualTo(Appended.INSTANCE);
    }
  }

  @ParameterizedTest
  @EnumSource(InsertStrategy.class)
  void aBatchThatContradictsItselfIsAWrongProgram(InsertStrategy strategy) {
    try (var region = region(strategy);
        var session = region.open()) {
      var twice = List.of(commit(0, 0, "a", 1, "c1"), commit(0, 1, "a", 2, "c1"));
      assertThatIllegalStateException()
          .isThrownBy(() -> session.append(twice))
          .withMessageContaining("the batch itself holds the command or version of row 0@1")
          .withMessageContaining("'Account/a'");
      assertThatIllegalArgumentException().isThrownBy(() -> session.append(List.of()));
      assertThat(session.heads(List.of(0))).isEmpty();
    }
  }

  private static TestRegion region(InsertStrategy strategy) {
    return new TestRegion(
        new SessionSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            ROWS_PER_INSERT,
            5 << 20,
            strategy));
  }

  /** Every third byte is a quote. */
  private static LogRow large(long offset, int bytes) {
    var events = new byte[bytes];
    for (var i = 0; i < bytes; i += 3) {
      events[i] = '\'';
    }
    return commit(0, offset, "id-0-" + offset, 1, "command-0-" + offset, 1, events);
  }

  private static boolean isIn(List<LogRow> batch, LogRow row) {
    return row.isIdenticalTo(batch.get((int) row.offset()));
  }
}

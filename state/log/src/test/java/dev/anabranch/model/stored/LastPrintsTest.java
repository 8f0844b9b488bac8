package dev.anabranch.model.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.Blobs;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.model.Outcome;
import dev.anabranch.model.RowKind;
import dev.anabranch.model.Stamp;
import dev.anabranch.model.stored.LastPrints.Verdict;
import org.junit.jupiter.api.Test;

class LastPrintsTest {

  private final LastPrints prints = new LastPrints();

  @Test
  void theLastRowsAreToldFromOthersAtTheirOffsets() {
    for (var offset = 0L; offset < 1_000; offset++) {
      prints.took(row(offset, 7));
    }

    for (var offset = 1_000L - LastPrints.KEPT; offset < 1_000; offset++) {
      assertThat(prints.compare(row(offset, 7))).isEqualTo(Verdict.SAME);
      assertThat(prints.compare(row(offset, 8))).isEqualTo(Verdict.OTHER);
    }
    assertThat(prints.compare(row(0, 8))).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void whatWasNeverTakenIsUnknown() {
    assertThat(prints.compare(row(5, 7))).isEqualTo(Verdict.UNKNOWN);
    prints.took(row(1, 7));
    assertThat(prints.compare(row(5, 7))).isEqualTo(Verdict.UNKNOWN);
    assertThat(prints.compare(row(9, 7))).isEqualTo(Verdict.UNKNOWN);
  }

  private static LogRow row(long offset, long writer) {
    return new LogRow(
        new LogPosition(3, offset),
        new Outcome(
            RowKind.REJECTED,
            AggregateKey.parse("Note/1"),
            Outcome.NO_VERSION,
            "c" + offset,
            "",
            null,
            new Stamp(writer, offset, offset),
            new Blobs(Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY, Blobs.EMPTY)));
  }
}

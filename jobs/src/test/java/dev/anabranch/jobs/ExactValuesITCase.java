package dev.anabranch.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.AggregateTypes;
import dev.anabranch.client.Command;
import dev.anabranch.jobs.region.RegionUnderTest;
import dev.anabranch.jobs.region.StampedDomain;
import dev.anabranch.jobs.region.StampedDomain.Note;
import dev.anabranch.model.message.ReplyStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Times and decimals are the same, byte for byte, before and after every kind of restart. */
class ExactValuesITCase {

  private static final String AGGREGATE = "Stamped/a";

  @RegisterExtension
  final RegionUnderTest region =
      RegionUnderTest.of(loader -> AggregateTypes.of(new StampedDomain()));

  @Test
  void stateBeforeARestartEqualsStateAfterIt() {
    region.start();
    var notes =
        List.of(
            new Note(Instant.parse("2026-01-02T03:04:05.123456789Z"), new BigDecimal("1.10")),
            new Note(Instant.parse("1969-12-31T23:59:59.000000001Z"), new BigDecimal("-0.000")),
            new Note(Instant.MIN, new BigDecimal("1E+3")),
            new Note(Instant.MAX, new BigDecimal("123456789012345678901234567890.1234567890")));
    for (var note : notes) {
      note(note);
    }
    var before = region.keyedStateOf(AGGREGATE);
    assertThat(new String(before, UTF_8))
        .contains("2026-01-02T03:04:05.123456789Z", "1969-12-31T23:59:59.000000001Z")
        .contains("1.10", "123456789012345678901234567890.1234567890");

    var savepoint = region.job().savepoint();
    region.job().kill();
    region.startFrom(savepoint);
    assertThat(region.keyedStateOf(AGGREGATE)).as("from a savepoint").isEqualTo(before);

    region.job().kill();
    region.start();
    note(new Note(Instant.EPOCH, new BigDecimal("0.50")));
    var fromNothing = new String(region.keyedStateOf(AGGREGATE), UTF_8);
    assertThat(withoutTotal(fromNothing))
        .as("folded anew from the store, and one event more")
        .startsWith(withoutTotal(new String(before, UTF_8)));
    region.verify();
  }

  private void note(Note note) {
    var reply = region.handle(Command.of(StampedDomain.STAMPED, "a", note));
    assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
  }

  /** The list of notes, up to the end of the last one. */
  private static String withoutTotal(String state) {
    return state.substring(0, state.indexOf(']'));
  }
}

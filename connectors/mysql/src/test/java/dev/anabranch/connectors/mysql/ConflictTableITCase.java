package dev.anabranch.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.ConflictRecord;
import dev.anabranch.model.ConflictStatus;
import dev.anabranch.model.VersionState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer of conflicts on a real database: what comes late, twice, or while it is away. */
class ConflictTableITCase {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  private TestRegion region;
  private ConflictTableWriter writer;

  @BeforeEach
  void start() {
    region = TestRegion.create();
    writer = new ConflictTableWriter(region.config(), List.of());
  }

  @AfterEach
  void stop() {
    writer.close();
    region.close();
  }

  @Test
  void anOpenConflictIsListedUntilItIsResolved() throws Exception {
    write(record("a:1+b:1", ConflictStatus.OPENED, 2));
    assertThat(open()).containsExactly("a:1+b:1");
    var row = ConflictTable.list(region.config(), true, 10).get(0);
    assertThat(row.record())
        .usingRecursiveComparison()
        .isEqualTo(record("a:1+b:1", ConflictStatus.OPENED, 2));

    write(record("a:1+b:1", ConflictStatus.RESOLVED, 3));

    assertThat(open()).isEmpty();
    assertThat(ConflictTable.list(region.config(), false, 10)).hasSize(1);
  }

  @Test
  void anEarlierRecordThatComesAgainChangesNothing() throws Exception {
    write(record("a:1+b:1", ConflictStatus.OPENED, 2));
    write(record("a:1+b:1", ConflictStatus.RESOLVED, 3));
    write(record("a:1+b:1", ConflictStatus.OPENED, 2));
    assertThat(open()).isEmpty();

    write(record("a:1+b:1", ConflictStatus.OPENED, 4));
    assertThat(open()).as("opened once more").containsExactly("a:1+b:1");
  }

  @Test
  void aLaterConflictOfTheAggregateClosesTheOthers() throws Exception {
    write(record("a:1+b:1", ConflictStatus.OPENED, 2));
    write(record("a:1+c:1", ConflictStatus.OPENED, 3));
    assertThat(open()).containsExactly("a:1+c:1");

    write(record("void b:2", ConflictStatus.VOIDED, 4));
    assertThat(open()).as("a void commit is no conflict").containsExactly("a:1+c:1");
    assertThat(ConflictTable.of(region.config(), AggregateKey.parse("Order/1"))).hasSize(3);
  }

  @Test
  void whatCantBeWrittenWaitsInTheCheckpoint() throws Exception {
    region.proxy().cut();
    writer.write(record("a:1+b:1", ConflictStatus.OPENED, 2), null);
    writer.write(record("a:1+b:1", ConflictStatus.EXTENDED, 3), null);
    writer.flush(false);
    var waiting = writer.snapshotState(1);
    assertThat(waiting).extracting(ConflictRecord::status).containsExactly(ConflictStatus.EXTENDED);
    writer.close();
    region.proxy().heal();

    writer = new ConflictTableWriter(region.config(), waiting);
    writer.flush(true);

    assertThat(open()).containsExactly("a:1+b:1");
    assertThat(writer.snapshotState(2)).isEmpty();
  }

  private void write(ConflictRecord record) throws Exception {
    writer.write(record, null);
    writer.flush(true);
  }

  private List<String> open() {
    return ConflictTable.list(region.config(), true, 10).stream()
        .map(row -> row.record().conflictId())
        .toList();
  }

  private static ConflictRecord record(String id, ConflictStatus status, long position) {
    return new ConflictRecord(
        "a",
        AggregateKey.parse("Order/1"),
        id,
        status,
        position,
        VectorTime.of(Map.of(A, 1L, B, position)),
        7,
        position * 1_000,
        List.of(
            new VersionState(new Dot(A, 1), 1, state("x")),
            new VersionState(new Dot(B, 1), 2, state("y"))),
        null,
        "");
  }

  private static EncodedMessage state(String text) {
    return new EncodedMessage("S", 1, text.getBytes(StandardCharsets.UTF_8));
  }
}

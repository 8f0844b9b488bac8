package dev.anabranch.connectors.mysql.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.connectors.mysql.TestRegion;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.model.view.VersionState;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer of conflicts on a real database: what comes late, twice, or while it is away. */
class ConflictTableITCase {

  private static final RegionId A = new RegionId("a");
  private static final RegionId B = new RegionId("b");

  private static final int LARGE = 5 << 20;

  private final ManualTimers timers = new ManualTimers();
  private TestRegion region;
  private ConflictTableWriter writer;

  @BeforeEach
  void start() {
    region = TestRegion.create();
    writer = new ConflictTableWriter(region.config(), timers, List.of());
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

    writer = new ConflictTableWriter(region.config(), new ManualTimers(), waiting);
    writer.flush(true);

    assertThat(open()).containsExactly("a:1+b:1");
    assertThat(writer.snapshotState(2)).isEmpty();
  }

  @Test
  void itIsWrittenAMomentLaterWithoutACheckpoint() throws Exception {
    writer.write(record("a:1+b:1", ConflictStatus.OPENED, 2), null);
    writer.write(record("a:1+b:1", ConflictStatus.EXTENDED, 3), null);
    assertThat(open()).as("it waits for others").isEmpty();

    timers.advance(ConflictTableWriter.DELAY_MILLIS);

    assertThat(open()).containsExactly("a:1+b:1");
    assertThat(timers.isSet()).as("a timer while nothing waits").isFalse();
    writer.write(record("a:1+b:1", ConflictStatus.RESOLVED, 4), null);
    timers.advance(ConflictTableWriter.DELAY_MILLIS);
    assertThat(open()).isEmpty();
  }

  @Test
  void itIsTriedAgainWhenTheDatabaseIsBack() throws Exception {
    region.proxy().cut();
    writer.write(record("a:1+b:1", ConflictStatus.OPENED, 2), null);
    timers.advance(ConflictTableWriter.DELAY_MILLIS);
    assertThat(timers.isSet()).as("a timer while a record waits").isTrue();
    region.proxy().heal();

    timers.advance(ConflictTableWriter.DELAY_MILLIS);
    assertThat(open()).as("not asked again at once").isEmpty();
    timers.advance(ConflictTableWriter.RETRY_MILLIS);

    assertThat(open()).containsExactly("a:1+b:1");
    assertThat(writer.snapshotState(1)).isEmpty();
  }

  /** Each takes about a sixth of what may wait; the next one waits for the database. */
  @Test
  void largeConflictsWaitWithinTheirBytesAndNoneIsLost() throws Exception {
    region.proxy().cut();
    var most = new AtomicLong();
    var all = new Thread(() -> writeLarge(20, most));
    all.start();
    while (all.isAlive() && !isSleeping(all)) {
      Thread.onSpinWait();
    }

    region.proxy().heal();
    while (all.isAlive()) {
      timers.pass(ConflictTableWriter.RETRY_MILLIS);
      all.join(10);
    }

    assertThat(most.get())
        .isBetween(
            ConflictTableWriter.MAX_WAITING_BYTES / 2,
            ConflictTableWriter.MAX_WAITING_BYTES + LARGE);
    writer.flush(true);
    assertThat(writer.waitingBytes()).isZero();
    assertThat(ConflictTable.list(region.config(), false, 100)).hasSize(20);
  }

  private static boolean isSleeping(Thread thread) {
    return List.of(thread.getStackTrace()).stream()
        .anyMatch(frame -> frame.getMethodName().equals("sleep"));
  }

  private void writeLarge(int count, AtomicLong most) {
    try {
      for (var i = 1; i <= count; i++) {
        timers.advance(ConflictTableWriter.RETRY_MILLIS);
        writer.write(large("void b:" + i, i, LARGE), null);
        most.updateAndGet(before -> Math.max(before, writer.waitingBytes()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aConflictThatTheDatabaseDoesNotTakeIsWrittenWithoutItsStates() throws Exception {
    var packet = maxAllowedPacket();
    writer.write(record("a:1+b:1", ConflictStatus.OPENED, 2), null);
    writer.write(large("void b:2", 3, packet), null);
    writer.write(record("void b:3", ConflictStatus.VOIDED, 4), null);
    writer.flush(true);

    var rows = ConflictTable.list(region.config(), false, 100);
    assertThat(rows).hasSize(3);
    for (var row : rows) {
      var record = row.record();
      var isLarge = record.conflictId().equals("void b:2");
      assertThat(record.problem())
          .as(record.conflictId())
          .contains(isLarge ? "its states are not shown, the database does not take them" : "");
      assertThat(record.live()).allMatch(version -> (version.state() == null) == isLarge);
    }
  }

  private int maxAllowedPacket() throws Exception {
    var database = region.config().databases().get(0);
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT @@max_allowed_packet")) {
      assertThat(result.next()).isTrue();
      return result.getInt(1);
    }
  }

  private static ConflictRecord large(String id, long position, int bytes) {
    return new ConflictRecord(
        "a",
        AggregateKey.parse("Order/1"),
        id,
        ConflictStatus.VOIDED,
        position,
        VectorTime.of(Map.of(A, 1L, B, position)),
        7,
        position * 1_000,
        List.of(
            new VersionState(new Dot(B, position), 2, new EncodedMessage("S", 1, new byte[bytes]))),
        null,
        "");
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

  /** Time passes when a test says so. */
  private static final class ManualTimers implements ConflictTableWriter.Timers {
    private volatile long now;
    private long at;
    private @Nullable Runnable next;

    boolean isSet() {
      return next != null;
    }

    /** Time passes, and the timer does not fire: the task is busy. */
    void pass(long millis) {
      now = now + millis;
    }

    void advance(long millis) {
      pass(millis);
      var due = next;
      if (due != null && at <= now) {
        next = null;
        due.run();
      }
    }

    @Override
    public long nowMillis() {
      return now;
    }

    @Override
    public void in(long millis, Runnable action) {
      assertThat(next).as("one timer at a time").isNull();
      at = now + millis;
      next = action;
    }
  }
}

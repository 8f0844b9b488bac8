package dev.anabranch.connectors.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.connectors.mysql.connection.InsertStrategy;
import dev.anabranch.connectors.mysql.connection.SessionSettings;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AppendResult.Appended;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes random and hostile values and reads them back. The values are made of the bytes that mean
 * something to SQL, to the driver or to a character set, and of all others.
 */
class ExactBytesITCase {

  private static final byte[] DANGEROUS = {
    '\'',
    '"',
    '\\',
    '`',
    0,
    0x1a,
    '\n',
    '\r',
    '%',
    '_',
    '?',
    '{',
    '}',
    ';',
    '-',
    '/',
    '*',
    '#',
    (byte) 0x80,
    (byte) 0x8f,
    (byte) 0xbf,
    (byte) 0x5c,
    (byte) 0xff,
    (byte) 0xc3,
    (byte) 0x27
  };
  private static final String[] TEXTS = {
    "'", "''", "\\", "\\'", "a\0b", "{d '2020-01-01'}", "{ts", "?", ":x", "--", "/*", "*/", ";",
    "x' OR '1'='1", "a ", "a", "A", "ä", "Ä", "ß", "日本", "🙂", "\u001a", "\u007f", "\u0080", "%00"
  };

  @ParameterizedTest
  @EnumSource(InsertStrategy.class)
  void whatIsStoredIsWhatWasGiven(InsertStrategy strategy) {
    var settings = SessionSettings.DEFAULTS.withInsertStrategy(strategy);
    try (var region = new TestRegion(settings);
        var session = region.open()) {
      for (var seed = 1; seed <= 30; seed++) {
        var rows = randomRows(new Random(seed), seed - 1);
        assertThat(session.append(rows)).as("seed %d", seed).isEqualTo(Appended.INSTANCE);
        assertSame(rows, session.read(seed % TestRegion.SHARDS, 0, 1_000), seed);
        assertSame(
            rows, session.byCommand(rows.stream().map(ExactBytesITCase::ref).toList()), seed);
        assertSame(rows, session.rows(rows.stream().map(LogRow::position).toList()), seed);
        assertHistories(session, rows);
      }
    }
  }

  @Test
  void textsThatDifferInOneByteAreDifferent() {
    try (var region = TestRegion.create();
        var session = region.open()) {
      var rows = new ArrayList<LogRow>();
      for (var text : TEXTS) {
        rows.add(TestRows.commit(0, rows.size(), text, 1, text));
      }
      assertThat(session.append(rows)).isEqualTo(Appended.INSTANCE);

      for (var i = 0; i < TEXTS.length; i++) {
        var key = new AggregateKey("Account", TEXTS[i]);
        assertThat(session.history(key, 0, 10)).as(TEXTS[i]).hasSize(1);
        assertThat(session.history(key, 0, 10).get(0).isIdenticalTo(rows.get(i))).isTrue();
        assertThat(session.byCommand(List.of(new CommandRef(key, TEXTS[i])))).hasSize(1);
      }
    }
  }

  private static void assertHistories(LogSession session, List<LogRow> rows) {
    var keys = rows.stream().map(row -> row.outcome().aggregate()).toList();
    assertThat(session.histories(keys)).containsOnlyKeys(keys);
  }

  private static void assertSame(List<LogRow> expected, List<LogRow> found, int seed) {
    for (var row : expected) {
      assertThat(found)
          .as("seed %d, row %s", seed, row)
          .anyMatch(other -> other.position().equals(row.position()) && other.isIdenticalTo(row));
    }
  }

  private static List<LogRow> randomRows(Random random, int seedIndex) {
    var shard = (seedIndex + 1) % TestRegion.SHARDS;
    var first = (seedIndex / TestRegion.SHARDS) * 20L;
    var rows = new ArrayList<LogRow>();
    for (var offset = first; offset < first + 20; offset++) {
      var unique = "-" + shard + "-" + offset;
      rows.add(
          TestRows.commit(
              shard,
              offset,
              TEXTS[random.nextInt(TEXTS.length)] + unique,
              1,
              unique + TEXTS[random.nextInt(TEXTS.length)],
              random.nextLong(),
              randomBytes(random)));
    }
    return rows;
  }

  private static byte[] randomBytes(Random random) {
    var bytes = new byte[random.nextInt(600)];
    random.nextBytes(bytes);
    for (var i = 0; i < bytes.length; i++) {
      if (random.nextBoolean()) {
        bytes[i] = DANGEROUS[random.nextInt(DANGEROUS.length)];
      }
    }
    return bytes;
  }

  private static CommandRef ref(LogRow row) {
    return new CommandRef(row.outcome().aggregate(), row.outcome().commandId());
  }
}

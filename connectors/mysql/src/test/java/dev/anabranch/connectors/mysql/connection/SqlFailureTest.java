package dev.anabranch.connectors.mysql.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import java.io.EOFException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers as the servers and the driver send them. */
class SqlFailureTest {

  @ParameterizedTest
  @CsvSource({
    "1062, 23000, DUPLICATE_KEY",
    "1586, 23000, DUPLICATE_KEY",
    "1213, 40001, RETRY",
    "1205, HY000, RETRY",
    "1020, HY000, RETRY",
    "1615, HY000, RETRY",
    "3101, 40000, RETRY",
    "0, 08S01, LOST", // communications link failure
    "0, 08003, LOST", // connection closed
    "0, S1009, LOST", // no operations allowed after statement closed
    "0, S1000, LOST",
    "1053, 08S01, LOST", // server shutdown
    "1317, 70100, LOST", // KILL QUERY
    "1927, 70100, LOST", // KILL CONNECTION on MariaDB
    "4031, HY000, LOST", // idle for too long, MySQL
    "2013, HY000, LOST",
    "1180, HY000, LOST", // error during COMMIT
    "0, 08007, LOST", // our own: the commit was not acknowledged
    "1040, 08004, UNAVAILABLE", // too many connections: its state says "connection"
    "1047, 08S01, UNAVAILABLE", // not a member of its cluster
    "1114, HY000, UNAVAILABLE", // table or disk full
    "1021, HY000, UNAVAILABLE",
    "1206, HY000, UNAVAILABLE", // lock table full
    "1290, HY000, UNAVAILABLE", // --read-only
    "1836, HY000, UNAVAILABLE",
    "1030, HY000, UNAVAILABLE",
    "9999, HY000, UNAVAILABLE", // not known, but an answer: nothing was stored
    "1045, 28000, REFUSED",
    "1698, 28000, REFUSED",
    "1044, 42000, REFUSED",
    "1049, 42000, REFUSED",
    "1142, 42000, REFUSED",
    "1406, 22001, PROGRAM", // data too long
    "1146, 42S02, PROGRAM", // no such table
    "1054, 42S22, PROGRAM", // no such column
    "1064, 42000, PROGRAM", // syntax
    "1048, 23000, PROGRAM", // NULL where there must be none
    "1264, 22003, PROGRAM",
    "1153, 08S01, PROGRAM", // statement too long
    "1644, 45000, PROGRAM", // SIGNAL of somebody's trigger
    "1442, HY000, PROGRAM", // a trigger that changes the table that it is of
    "1356, HY000, PROGRAM", // a view of a table that is gone
    "1265, 01000, PROGRAM", // data cut, which strict mode refuses
    "1526, HY000, PROGRAM", // no partition for the value
    "1197, HY000, PROGRAM", // larger than the cache of the binary log
    "1705, HY000, PROGRAM", // the same of one statement
    "1713, HY000, PROGRAM", // larger than an undo record
    "1449, HY000, REFUSED", // definer of a trigger is gone
  })
  void aFailureIsToldByItsNumbers(int code, String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("any text", state, code))).isEqualTo(expected);
  }

  /** What makes a projection try its rows one by one, and park those that are refused. */
  @ParameterizedTest
  @CsvSource({
    "1406, 22001, true", // too long
    "1264, 22003, true", // out of range
    "1048, 23000, true", // NULL
    "1062, 23000, true", // a unique key that somebody has added
    "1452, 23000, true", // a foreign key that somebody has added
    "1644, 45000, true", // SIGNAL
    "1118, 42000, true", // row too large
    "1153, 08S01, true",
    "1197, HY000, true",
    "1265, 01000, true",
    "1301, HY000, true",
    "1364, HY000, true",
    "1366, HY000, true",
    "1526, HY000, true",
    "1705, HY000, true",
    "1713, HY000, true",
    "3819, HY000, true", // CHECK
    "1146, 42S02, false", // no such table: all rows alike
    "1054, 42S22, false",
    "1442, HY000, false",
    "1449, HY000, false",
    "1142, 42000, false",
    "1213, 40001, false",
    "1205, HY000, false",
    "1114, HY000, false",
    "9999, HY000, false", // not known: an outage, repeated with a warning
    "0, 08S01, false",
  })
  void aFailureIsAboutDataIfOtherValuesWouldBeTaken(int code, String state, boolean expected) {
    var failure = new SQLException("any text", state, code);
    assertThat(SqlFailure.isAboutData(failure)).isEqualTo(expected);
    if (expected) {
      assertThat(SqlFailure.of(failure)).isIn(SqlFailure.PROGRAM, SqlFailure.DUPLICATE_KEY);
    }
  }

  @Test
  void aServerWithoutTlsIsNoOutage() {
    var e = new SQLException("Could not connect", "08001", 0);
    e.initCause(new IllegalStateException("SSL Connection required, but not provided by server."));

    assertThat(SqlFailure.of(e)).isEqualTo(SqlFailure.REFUSED);
  }

  @Test
  void aStatementThatTheDriverDoesNotSendIsNoLostConnection() {
    assertThat(SqlFailure.of(new PacketTooBigException(20_000_000, 16_777_216)))
        .isEqualTo(SqlFailure.PROGRAM);
  }

  @Test
  void aFailureWithoutAnyNumberMayHaveTakenEffect() {
    assertThat(SqlFailure.of(new SQLException("any text"))).isEqualTo(SqlFailure.LOST);
  }

  @Test
  void theDescriptionIsOneLineAndNamesTheRootCause() {
    var e = new SQLException("Communications link failure\n\nThe last packet ...", "08S01", 0);
    e.initCause(new IllegalStateException("outer", new EOFException("end of stream")));

    assertThat(SqlFailure.describe(e))
        .isEqualTo("Communications link failure: end of stream [0/08S01]");
  }
}

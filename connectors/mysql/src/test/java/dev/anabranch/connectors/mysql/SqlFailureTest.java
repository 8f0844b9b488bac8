package dev.anabranch.connectors.mysql;

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
  })
  void aFailureIsToldByItsNumbers(int code, String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("any text", state, code))).isEqualTo(expected);
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

package dev.anabranch.operators.replication.intake;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple5;

/**
 * What became of consecutive rows of a peer's log, as the job read its topic.
 *
 * @param region whose log it is
 * @param from offset of the first row
 * @param to the offset behind the last one
 * @param kind what became of them
 */
record LogNote(String region, int shard, long from, long to, Kind kind) {

  /** The codes travel between tasks of one job: append only. */
  enum Kind {
    /** They were taken. What the job read of the log before is not known. */
    READ,
    /** They were taken, and the job has read the log from its beginning. */
    READ_FROM_BEGINNING,
    /** They are there and can't be read by this release. */
    UNREADABLE,
    /** The region has given up these rows and all behind them: others come in their place. */
    FORGOTTEN
  }

  static final TypeInformation<Tuple5<String, Integer, Long, Long, Integer>> TYPE =
      Types.TUPLE(Types.STRING, Types.INT, Types.LONG, Types.LONG, Types.INT);

  Tuple5<String, Integer, Long, Long, Integer> toTuple() {
    return Tuple5.of(region, shard, from, to, kind.ordinal());
  }

  static LogNote of(Tuple5<String, Integer, Long, Long, Integer> tuple) {
    return new LogNote(tuple.f0, tuple.f1, tuple.f2, tuple.f3, Kind.values()[tuple.f4]);
  }

  /** Under which the shard's positions are kept. */
  static String keyOf(Tuple5<String, Integer, Long, Long, Integer> tuple) {
    return keyOf(tuple.f0, tuple.f1);
  }

  static String keyOf(String region, int shard) {
    return region + '/' + shard;
  }
}

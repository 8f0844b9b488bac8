package dev.anabranch.connectors.mysql.log;

import dev.anabranch.benchmarks.micro.Samples;
import dev.anabranch.connectors.mysql.connection.SqlBuffer;
import dev.anabranch.model.LogRow;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One row of a multi-row INSERT as text, and the statement handed to the driver. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class RowEncodingBenchmark {

  private static final int ROWS = 250;

  private final LogRow row = Samples.row();
  private final SqlBuffer sql = new SqlBuffer();

  @Benchmark
  public int writeRow() {
    sql.clear();
    EventLogTable.write(row, sql);
    return sql.size();
  }

  @Benchmark
  @org.openjdk.jmh.annotations.OperationsPerInvocation(ROWS)
  public String writeStatement() {
    sql.clear();
    for (var i = 0; i < ROWS; i++) {
      EventLogTable.write(row, sql);
    }
    return sql.toStatement();
  }
}

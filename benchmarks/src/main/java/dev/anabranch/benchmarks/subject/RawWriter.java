package dev.anabranch.benchmarks.subject;

import dev.anabranch.benchmarks.load.LoadOptions;
import dev.anabranch.benchmarks.load.Request;
import dev.anabranch.benchmarks.load.Target;
import dev.anabranch.benchmarks.server.Database;
import dev.anabranch.benchmarks.server.PlainInsert;
import dev.anabranch.benchmarks.server.RowPlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What group commit costs without a framework: plain threads, each with a connection, drain a queue
 * into one insert and complete a future per row.
 */
public final class RawWriter implements Target {

  private final LoadOptions options;
  private final RowPlan plan;
  private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();
  private final List<Thread> writers = new ArrayList<>();
  private volatile @Nullable Throwable failure;

  public RawWriter(LoadOptions options, Database.Schema schema, long seed) throws SQLException {
    this.options = options;
    this.plan = new RowPlan(options, 0, 1, seed);
    for (var i = 0; i < options.connections; i++) {
      var insert = new PlainInsert(schema.connect(), plan.blobs());
      var writer = new Thread(() -> write(insert), "raw-writer-" + i);
      writer.setDaemon(true);
      writers.add(writer);
    }
    writers.forEach(Thread::start);
  }

  @Override
  public Request next() {
    var row = plan.next();
    return new Request(row, row.commandId());
  }

  @Override
  public void submit(Request request) {
    queue.add(request);
  }

  @Override
  public void requireAlive() {
    if (failure != null) {
      throw new IllegalStateException("a raw writer failed", failure);
    }
  }

  @Override
  public void close() throws InterruptedException {
    for (var writer : writers) {
      writer.interrupt();
      writer.join();
    }
  }

  private void write(PlainInsert insert) {
    var batch = new ArrayList<Request>(options.batch);
    try (insert) {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch, options.batch - 1);
        for (var request : batch) {
          var row = request.row;
          if (row != null) {
            insert.add(row);
          }
        }
        insert.execute();
        for (var request : batch) {
          request.complete(true);
        }
        batch.clear();
      }
    } catch (InterruptedException closing) {
      // close() interrupts an idle writer
    } catch (SQLException | RuntimeException e) {
      failure = e;
    }
  }
}

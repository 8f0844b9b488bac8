package dev.anabranch.operators.projection.events;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.operators.projection.version.AppliedBatches;
import dev.anabranch.operators.projection.version.ClaimIds;
import dev.anabranch.operators.projection.version.ParkedLimitException;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import dev.anabranch.versions.ApplicationCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies rows of the log to one version, on a lane's thread: projects them, parks those that fail
 * and those behind them, and commits changes and positions together, however long the database
 * takes.
 *
 * <p><b>Threads.</b> The lane's thread.
 */
public final class VersionWork {

  private static final Logger LOG = LoggerFactory.getLogger(VersionWork.class);
  private static final int RETRY_PAGE = 200;

  private final VersionId version;
  private long writer;
  private final Projector projector;
  private final Reconnecting<QuerySession> database;
  private final AppliedBatches batches;
  private final StoreComparison comparison;
  private final ShardReader log;
  private final int maxParked;

  /** Next offset by shard, as committed. */
  private final Map<Integer, Long> positions = new HashMap<>();

  /** How many rows each aggregate has parked. */
  private final Map<AggregateKey, Integer> parked = new HashMap<>();

  /** Read by metrics. */
  private final AtomicInteger parkedRows = new AtomicInteger();

  public VersionWork(
      VersionId version,
      Projector projector,
      Reconnecting<QuerySession> database,
      ShardReader log,
      int maxParked) {
    this.version = version;
    this.projector = projector;
    this.database = database;
    this.batches = new AppliedBatches(database);
    this.log = log;
    this.comparison = new StoreComparison(version, database, log);
    this.maxParked = maxParked;
  }

  /** Rows that fail, or wait behind one that does. */
  int parkedRows() {
    return parkedRows.get();
  }

  /** Takes the shards over from whoever had them; gives their positions. */
  Map<Integer, Long> claim(Collection<Integer> shards)
      throws InterruptedException, AppliedBatches.GoneException {
    var claiming = ClaimIds.next();
    writer = claiming;
    var claimed = database.call(session -> session.claim(version, shards, claiming));
    positions.putAll(claimed.orElseThrow(AppliedBatches.GoneException::new));
    parked.clear();
    parked.putAll(database.call(session -> session.parked(version, shards)));
    parkedRows.set(parked.values().stream().mapToInt(Integer::intValue).sum());
    return Map.copyOf(positions);
  }

  /**
   * Applies rows, each shard's in order and from its position on.
   *
   * @return how many rows of tables were changed
   */
  int apply(List<LogRow> rows)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var changes = new Projector.Changes();
    var park = new ArrayList<ParkedRow>();
    var newlyParked = new HashMap<AggregateKey, Integer>();
    for (var row : rows) {
      if (!projector.isOfInterest(row)) {
        continue;
      }
      var aggregate = row.outcome().aggregate();
      if (parked.containsKey(aggregate) || newlyParked.containsKey(aggregate)) {
        newlyParked.merge(aggregate, 1, Integer::sum);
        park.add(parkedRow(row, ""));
        continue;
      }
      List<RowChange> ofRow;
      try {
        ofRow = projector.changes(row);
      } catch (Throwable e) {
        logFailure(row, e);
        newlyParked.merge(aggregate, 1, Integer::sum);
        park.add(parkedRow(row, reasonOf(e)));
        continue;
      }
      try {
        changes.add(ofRow);
      } catch (IllegalArgumentException e) {
        return isolate(rows, reasonOf(e));
      }
    }
    var result = commit(advances(rows), changes.all(), park, List.of());
    if (result instanceof ApplyResult.Refused refused) {
      return isolate(rows, refused.reason());
    }
    for (var row : rows) {
      positions.put(row.shard(), row.offset() + 1);
    }
    remember(newlyParked);
    return changes.all().size();
  }

  /** Some row asks for what the database does not take: finds it, and applies the others. */
  private int isolate(List<LogRow> rows, String reason)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    if (rows.size() > 1) {
      var half = rows.size() / 2;
      return apply(rows.subList(0, half)) + apply(rows.subList(half, rows.size()));
    }
    var row = rows.get(0);
    LOG.warn("{} can't apply row {}: {}", version, row.position(), reason);
    var parking = commit(advances(rows), List.of(), List.of(parkedRow(row, reason)), List.of());
    if (parking instanceof ApplyResult.Refused refused) {
      throw new IllegalStateException(
          version + " can't even park row " + row.position() + ": " + refused.reason());
    }
    positions.put(row.shard(), row.offset() + 1);
    remember(Map.of(row.outcome().aggregate(), 1));
    return 0;
  }

  /** In which shards the version stands still, and why. */
  StoreComparison.Result compare() throws InterruptedException {
    return comparison.compare(positions);
  }

  /** Compares after another row came than the one that was applied at its place. */
  StoreComparison.Result compare(LogRow other) throws InterruptedException {
    comparison.compare(other);
    return compare();
  }

  /** Compares after the store has shown later rows than the one that comes next. */
  StoreComparison.Result lacksNext(LogPosition next) throws InterruptedException {
    comparison.lacksNext(next);
    return compare();
  }

  /** Where the version is, whoever fills it. */
  Map<Integer, Long> positionsOfAll(Collection<Integer> shards)
      throws InterruptedException, AppliedBatches.GoneException {
    return database
        .call(session -> session.positions(version, shards))
        .orElseThrow(AppliedBatches.GoneException::new);
  }

  /** Where the version is. */
  Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  /** What is to be tried again though nobody asks: a retry ended in the middle. */
  List<ParkedRequest> interrupted(Collection<Integer> shards) throws InterruptedException {
    return database.call(session -> session.interrupted(version, shards));
  }

  /**
   * Tries the aggregate's parked rows again, in order, up to the first that still fails. Does
   * nothing if the row that was asked about is not the first any more: the request was served.
   */
  void retry(ParkedRequest request)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var shard = request.shard();
    var rows = database.call(session -> session.parkedRows(version, shard, request.aggregate()));
    if (rows.isEmpty() || !rows.get(0).position().equals(request.position())) {
      return;
    }
    for (var first = 0; first < rows.size(); ) {
      var page = rows.subList(first, Math.min(rows.size(), first + RETRY_PAGE));
      var found =
          log.rows(
              shard, page.stream().map(ParkedRow::position).toList(), VersionWorker.PAGE_BYTES);
      var stored = new HashMap<LogPosition, LogRow>();
      found.rows().forEach(row -> stored.put(row.position(), row));
      for (var i = 0; i < found.asked(); i++) {
        var discard = first + i == 0 && request.action() == ParkedRequest.Action.DISCARD;
        if (!retry(page.get(i), stored, discard)) {
          return;
        }
      }
      first += found.asked();
    }
  }

  /** Whether the row is parked no more. */
  private boolean retry(ParkedRow letter, Map<LogPosition, LogRow> stored, boolean discard)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var position = letter.position();
    var shard = position.shard();
    var next = positions.getOrDefault(shard, 0L);
    var here = List.of(new ShardAdvance(shard, next, next, 0));
    var changes = new Projector.Changes();
    var problem = discard ? Optional.<String>empty() : project(stored.get(position), changes);
    if (problem.isEmpty()) {
      problem = settle(letter, here, changes, discard);
    }
    if (problem.isEmpty()) {
      return true;
    }
    var again =
        new ParkedRow(position, letter.aggregate(), problem.orElseThrow(), letter.parkedAtMicros());
    // It is parked already: none more.
    var unused =
        batches.apply(new QueryBatch(version, writer, here, List.of(), List.of(again), List.of()));
    return false;
  }

  /** Adds what the row changes; gives the reason if that can't be said. */
  private Optional<String> project(@Nullable LogRow row, Projector.Changes changes) {
    if (row == null) {
      return Optional.of("the event store lacks this row");
    }
    try {
      changes.add(projector.changes(row));
      return Optional.empty();
    } catch (Throwable e) {
      return Optional.of(reasonOf(e));
    }
  }

  /** Takes the row out with its changes; gives the reason if the database does not take them. */
  private Optional<String> settle(
      ParkedRow letter, List<ShardAdvance> here, Projector.Changes changes, boolean discard)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var result = commit(here, changes.all(), List.of(), List.of(letter.position()));
    if (result instanceof ApplyResult.Refused refused) {
      return Optional.of(refused.reason());
    }
    LOG.info(
        "{} has {} parked row {}", version, discard ? "discarded" : "applied", letter.position());
    forget(letter.aggregate());
    return Optional.empty();
  }

  /** Whatever the result says, its outcome is known; only {@code Applied} changed something. */
  private ApplyResult commit(
      List<ShardAdvance> advances,
      List<RowChange> changes,
      List<ParkedRow> park,
      List<LogPosition> unpark)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    requireRoom(park.size());
    return batches.apply(new QueryBatch(version, writer, advances, changes, park, unpark));
  }

  private void requireRoom(int more) throws ParkedLimitException {
    if (more > 0 && parkedRows() + more > maxParked) {
      throw new ParkedLimitException(version, parkedRows(), maxParked);
    }
  }

  private void remember(Map<AggregateKey, Integer> more) {
    more.forEach(
        (aggregate, count) -> {
          parked.merge(aggregate, count, Integer::sum);
          parkedRows.addAndGet(count);
        });
  }

  private void forget(AggregateKey aggregate) {
    parked.computeIfPresent(aggregate, (key, count) -> count > 1 ? count - 1 : null);
    parkedRows.decrementAndGet();
  }

  private static List<ShardAdvance> advances(List<LogRow> rows) {
    var byShard = new TreeMap<Integer, ShardAdvance>();
    for (var row : rows) {
      var hlc = row.outcome().stamp().hlc();
      byShard.compute(
          row.shard(),
          (shard, advance) -> {
            if (advance != null && advance.to() != row.offset()) {
              throw new IllegalStateException(
                  String.format(
                      Locale.ROOT,
                      "row %s does not follow offset %d",
                      row.position(),
                      advance.to()));
            }
            var from = advance == null ? row.offset() : advance.from();
            return new ShardAdvance(shard, from, row.offset() + 1, hlc);
          });
    }
    return List.copyOf(byShard.values());
  }

  private static ParkedRow parkedRow(LogRow row, String reason) {
    var now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    return new ParkedRow(row.position(), row.outcome().aggregate(), reason, now);
  }

  private void logFailure(LogRow row, Throwable e) {
    LOG.warn(
        "{} can't apply row {} of {}: it is parked, with all later ones of this aggregate",
        version,
        row.position(),
        row.outcome().aggregate(),
        ApplicationCode.loggable(e));
  }

  /**
   * What a dead letter says about a failure. Never empty: a letter without a reason is one that
   * waits behind another.
   */
  public static String reasonOf(Throwable e) {
    var message = ApplicationCode.message(e);
    var simple = e.getClass().getSimpleName();
    var name = simple.isEmpty() ? e.getClass().getName() : simple;
    return message.isBlank() ? name : name + ": " + message;
  }
}

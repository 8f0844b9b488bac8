package dev.anabranch.operators.projection.views;

import dev.anabranch.causality.VectorTime;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.view.AggregateView;
import dev.anabranch.operators.projection.events.VersionWork;
import dev.anabranch.operators.projection.version.AppliedBatches;
import dev.anabranch.operators.projection.version.ClaimIds;
import dev.anabranch.operators.projection.version.ParkedLimitException;
import dev.anabranch.operators.projection.version.ViewPlace;
import dev.anabranch.operators.task.Reconnecting;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.RowChange;
import dev.anabranch.query.ApplyResult;
import dev.anabranch.query.ParkedRequest;
import dev.anabranch.query.ParkedRow;
import dev.anabranch.query.QueryBatch;
import dev.anabranch.query.QuerySession;
import dev.anabranch.query.ShardAdvance;
import dev.anabranch.query.VersionId;
import dev.anabranch.query.ViewLog;
import dev.anabranch.query.ViewMark;
import dev.anabranch.query.ViewRecord;
import dev.anabranch.versions.ApplicationCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies views to one version: the rows of an aggregate are replaced by those of its view, in one
 * transaction with the mark that says which view it is, and with the positions.
 *
 * <p><b>Order.</b> A view takes effect if the one that is shown is not beyond it: an earlier one
 * that comes again, late, or from a cross-region job that began anew changes nothing. An equal one
 * is shown again, since newer code may have made another state of the same commits.
 *
 * <p><b>Threads.</b> The follower's thread.
 */
public final class ViewWork {

  private static final Logger LOG = LoggerFactory.getLogger(ViewWork.class);

  private final VersionId version;
  private long writer;
  private final Projection projection;
  private final String region;
  private final Reconnecting<QuerySession> database;
  private final AppliedBatches batches;
  private final int maxParked;

  /** Next offset by partition, as committed. */
  private final Map<Integer, Long> positions = new HashMap<>();

  /** What the records are that were read, by partition, as noted in the database. */
  private final Map<Integer, ViewLog.Origin> origins = new HashMap<>();

  /** Clock of the newest view that was committed, by partition. */
  private final Map<Integer, Long> clocks = new HashMap<>();

  /** Aggregates whose newest view could not be shown: one dead letter each. */
  private final Set<AggregateKey> parked = new HashSet<>();

  private volatile int parkedCount;

  public ViewWork(
      VersionId version,
      Projection projection,
      String region,
      Reconnecting<QuerySession> database,
      int maxParked) {
    this.version = version;
    this.projection = projection;
    this.region = region;
    this.database = database;
    this.batches = new AppliedBatches(database);
    this.maxParked = maxParked;
  }

  /** Everything that a batch is made of, while it is. */
  private static final class Draft {
    final List<RowChange> changes = new ArrayList<>();
    final List<ViewMark> marks = new ArrayList<>();
    final List<ParkedRow> park = new ArrayList<>();
    final List<LogPosition> unpark = new ArrayList<>();
    final Set<AggregateKey> shown = new HashSet<>();
  }

  /** Any thread. */
  int parkedRows() {
    return parkedCount;
  }

  /** Takes the partitions over from whoever had them; gives their positions. */
  Map<Integer, Long> claim(Collection<Integer> partitions)
      throws InterruptedException, AppliedBatches.GoneException {
    var claiming = ClaimIds.next();
    writer = claiming;
    var claimed = database.call(session -> session.claim(version, partitions, claiming));
    positions.putAll(claimed.orElseThrow(AppliedBatches.GoneException::new));
    parked.clear();
    parked.addAll(database.call(session -> session.parked(version, partitions)).keySet());
    parkedCount = parked.size();
    return Map.copyOf(positions);
  }

  /** Where the version is, whoever fills it. */
  Map<Integer, Long> positionsOfAll(Collection<Integer> partitions)
      throws InterruptedException, AppliedBatches.GoneException {
    return database
        .call(session -> session.positions(version, partitions))
        .orElseThrow(AppliedBatches.GoneException::new);
  }

  /**
   * Compares the claimed positions with what the topic is, and notes it with the positions.
   *
   * @return what each partition goes on with; empty: somebody else has claimed them since
   */
  Optional<List<ViewPlace>> follow(String topic, Map<Integer, ViewLog.Range> ranges)
      throws InterruptedException {
    var partitions = List.copyOf(ranges.keySet());
    var noted = database.call(session -> session.topics(version, partitions));
    var places = new ArrayList<ViewPlace>();
    var moved = new HashMap<Integer, ViewLog.Position>();
    ranges.forEach(
        (partition, range) -> {
          var before = noted.getOrDefault(partition, ViewLog.Origin.UNKNOWN);
          var position = positions.getOrDefault(partition, 0L);
          var place = ViewPlace.of(partition, position, before.topic(), topic, range);
          places.add(place);
          var now = new ViewLog.Position(origin(before, topic, place, range), place.offset());
          origins.put(partition, now.origin());
          if (!now.equals(new ViewLog.Position(before, position))) {
            moved.put(partition, now);
          }
        });
    if (!database.call(session -> session.follow(version, writer, moved))) {
      return Optional.empty();
    }
    moved.forEach((partition, now) -> positions.put(partition, now.offset()));
    return Optional.of(places);
  }

  /** An epoch that is noted stays: the records before the position are still to be compared. */
  private static ViewLog.Origin origin(
      ViewLog.Origin before, String topic, ViewPlace place, ViewLog.Range range) {
    var isSame = topic.isEmpty() || topic.equals(before.topic());
    var isKnown = before.leaderEpoch() != ViewLog.NO_EPOCH;
    return isSame && isKnown && place.offset() == place.before()
        ? before
        : new ViewLog.Origin(topic.isEmpty() ? before.topic() : topic, range.leaderEpoch());
  }

  /**
   * Notes the epochs of later leaders before what they took is applied: noted later, an end that is
   * lost meanwhile would not be noticed. A few bytes for each election.
   */
  private void noteEpochs(List<ViewRecord> records) throws InterruptedException {
    var later = new HashMap<Integer, ViewLog.Origin>();
    for (var record : records) {
      var partition = record.partition();
      var noted = origins.getOrDefault(partition, ViewLog.Origin.UNKNOWN);
      var known = later.getOrDefault(partition, noted);
      if (record.leaderEpoch() > known.leaderEpoch()) {
        later.put(partition, new ViewLog.Origin(noted.topic(), record.leaderEpoch()));
      }
    }
    if (later.isEmpty()) {
      return;
    }
    var moved = new HashMap<Integer, ViewLog.Position>();
    later.forEach(
        (partition, origin) ->
            moved.put(
                partition, new ViewLog.Position(origin, positions.getOrDefault(partition, 0L))));
    if (database.call(session -> session.follow(version, writer, moved))) {
      origins.putAll(later);
    } // Else somebody else has claimed one of them, and the batch is refused for that.
  }

  Map<Integer, Long> positions() {
    return Map.copyOf(positions);
  }

  /** Where to read on, with what was read before. */
  Map<Integer, ViewLog.Position> places(Collection<Integer> partitions) {
    var places = new HashMap<Integer, ViewLog.Position>();
    for (var partition : partitions) {
      var origin = origins.getOrDefault(partition, ViewLog.Origin.UNKNOWN);
      places.put(partition, new ViewLog.Position(origin, positions.getOrDefault(partition, 0L)));
    }
    return places;
  }

  /**
   * For who has no partition.
   *
   * @throws AppliedBatches.GoneException if the version was dropped
   */
  void requireThere() throws InterruptedException, AppliedBatches.GoneException {
    var versions = database.call(QuerySession::versions);
    if (versions.stream().noneMatch(each -> each.id().equals(version))) {
      throw new AppliedBatches.GoneException();
    }
  }

  /**
   * Applies records, each partition's in order.
   *
   * @return how many changes of rows it took
   */
  int apply(List<ViewRecord> records)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    noteEpochs(records);
    var draft = new Draft();
    for (var newer : newest(records)) {
      var record = newer.record();
      var view = viewOf(record);
      try {
        draft.changes.addAll(projection.changes(view.forProjections()));
        draft.marks.add(new ViewMark(view.aggregate(), view.revision(), newer.shown()));
        draft.shown.add(view.aggregate());
      } catch (Throwable e) {
        LOG.warn(
            "{} can't show {}: its rows stay as they are",
            version,
            view.aggregate(),
            ApplicationCode.loggable(e));
        draft.park.add(letter(record, view, VersionWork.reasonOf(e)));
      }
      unparkFormer(record, view, draft);
    }
    var result = commit(advances(records), draft);
    if (result instanceof ApplyResult.Refused refused) {
      return isolate(records, refused.reason());
    }
    if (result instanceof ApplyResult.Overtaken) {
      // Another partition had a view of the same aggregate: it has taken effect, so look again.
      return apply(records);
    }
    committed(records, draft);
    return draft.changes.size();
  }

  /**
   * A record to be shown.
   *
   * @param shown what the tables show of the aggregate
   */
  private record Newer(ViewRecord record, Optional<VectorTime> shown) {}

  /** One record for each aggregate, if it goes beyond, or is, what the tables show. */
  private List<Newer> newest(List<ViewRecord> records) throws InterruptedException {
    var newest = new LinkedHashMap<AggregateKey, ViewRecord>();
    for (var record : records) {
      var view = record.view();
      if (view == null) {
        LOG.warn("Record {} of the views is left out: {}", record.position(), record.problem());
      } else if (projection.aggregateTypes().contains(view.aggregate().type())) {
        requireOwn(view);
        newest.merge(
            view.aggregate(),
            record,
            (one, other) -> viewOf(one).revision().isBeforeOrEqual(view.revision()) ? other : one);
      }
    }
    if (newest.isEmpty()) {
      return List.of();
    }
    var shown = database.call(session -> session.shownViews(version, newest.keySet()));
    return newest.entrySet().stream()
        .filter(
            entry ->
                shown
                    .getOrDefault(entry.getKey(), VectorTime.ZERO)
                    .isBeforeOrEqual(viewOf(entry.getValue()).revision()))
        .map(entry -> new Newer(entry.getValue(), Optional.ofNullable(shown.get(entry.getKey()))))
        .toList();
  }

  private void requireOwn(AggregateView view) {
    if (!view.region().equals(region)) {
      throw new IllegalStateException(
          "the views topic holds views of region %s, this one is %s: correct views.topic"
              .formatted(view.region(), region));
    }
  }

  /** The dead letter of an earlier view has no meaning any more. */
  private void unparkFormer(ViewRecord record, AggregateView view, Draft draft)
      throws InterruptedException {
    if (!parked.contains(view.aggregate())) {
      return;
    }
    var former =
        database.call(session -> session.parkedRows(version, record.partition(), view.aggregate()));
    for (var letter : former) {
      // A topic that was made anew may have this view at the place of the one that was parked.
      if (!letter.position().equals(record.position()) || draft.shown.contains(view.aggregate())) {
        draft.unpark.add(letter.position());
      }
    }
  }

  /** Some view asks for what the database does not take: finds it, and shows the others. */
  private int isolate(List<ViewRecord> records, String reason)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    if (records.size() > 1) {
      var half = records.size() / 2;
      return apply(records.subList(0, half)) + apply(records.subList(half, records.size()));
    }
    var record = records.get(0);
    var view = viewOf(record);
    LOG.warn("{} can't show {}: {}", version, view.aggregate(), reason);
    var draft = new Draft();
    draft.park.add(letter(record, view, reason));
    unparkFormer(record, view, draft);
    if (commit(advances(records), draft) instanceof ApplyResult.Refused refused) {
      throw new IllegalStateException(
          version + " can't even park view " + record.position() + ": " + refused.reason());
    }
    committed(records, draft);
    return 0;
  }

  /**
   * Tries the dead letter again that was asked about, or takes it out. Does nothing if it is not
   * there any more, and leaves what is shown if a later view came since.
   */
  void retry(ViewLog log, ParkedRequest request)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var partition = request.shard();
    var aggregate = request.aggregate();
    var letters = database.call(session -> session.parkedRows(version, partition, aggregate));
    for (var letter : letters) {
      if (letter.position().equals(request.position())) {
        var draft = new Draft();
        if (request.action() == ParkedRequest.Action.RETRY) {
          var found = log.find(partition, letter.position().offset());
          var view = found.map(ViewRecord::view);
          if (found.isPresent() && view.isPresent() && view.get().aggregate().equals(aggregate)) {
            project(found.get(), view.get(), draft);
          }
        }
        if (draft.park.isEmpty()) {
          draft.unpark.add(letter.position());
          draft.shown.add(aggregate);
        }
        settle(partition, letter, draft);
      }
    }
  }

  /** Leaves what is shown if that is a later view. */
  private void project(ViewRecord record, AggregateView view, Draft draft)
      throws InterruptedException {
    var shown =
        Optional.ofNullable(
            database
                .call(session -> session.shownViews(version, List.of(view.aggregate())))
                .get(view.aggregate()));
    if (shown.isPresent() && !shown.get().isBeforeOrEqual(view.revision())) {
      return;
    }
    try {
      draft.changes.addAll(projection.changes(view.forProjections()));
      draft.marks.add(new ViewMark(view.aggregate(), view.revision(), shown));
    } catch (Throwable e) {
      draft.park.add(letter(record, view, VersionWork.reasonOf(e)));
    }
  }

  private void settle(int partition, ParkedRow letter, Draft draft)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var next = positions.getOrDefault(partition, 0L);
    var here = List.of(new ShardAdvance(partition, next, next, 0));
    var result = commit(here, draft);
    if (result instanceof ApplyResult.Overtaken) {
      // The letter stands, and so does the request about it, which will be brought again.
      return;
    }
    if (result instanceof ApplyResult.Refused refused) {
      var again = new Draft();
      again.park.add(
          new ParkedRow(
              letter.position(), letter.aggregate(), refused.reason(), letter.parkedAtMicros()));
      var unused = commit(here, again);
    } else {
      remember(draft);
    }
  }

  private ApplyResult commit(List<ShardAdvance> advances, Draft draft)
      throws InterruptedException, AppliedBatches.GoneException, ParkedLimitException {
    var more =
        draft.park.stream()
            .map(ParkedRow::aggregate)
            .filter(each -> !parked.contains(each))
            .distinct()
            .count();
    if (more > 0 && parkedCount + more > maxParked) {
      throw new ParkedLimitException(version, parkedCount, maxParked);
    }
    return batches.apply(
        new QueryBatch(
            version, writer, advances, draft.changes, draft.park, draft.unpark, draft.marks));
  }

  private List<ShardAdvance> advances(List<ViewRecord> records) {
    var byPartition = new TreeMap<Integer, ShardAdvance>();
    for (var record : records) {
      var partition = record.partition();
      var view = record.view();
      var before = byPartition.get(partition);
      var clock =
          Math.max(
              before == null ? clocks.getOrDefault(partition, 0L) : before.hlc(),
              view == null ? 0 : view.hlc());
      byPartition.put(
          partition,
          new ShardAdvance(
              partition, positions.getOrDefault(partition, 0L), record.offset() + 1, clock));
    }
    return List.copyOf(byPartition.values());
  }

  private void committed(List<ViewRecord> records, Draft draft) {
    for (var advance : advances(records)) {
      positions.put(advance.shard(), advance.to());
      clocks.put(advance.shard(), advance.hlc());
    }
    remember(draft);
  }

  private void remember(Draft draft) {
    draft.park.forEach(letter -> parked.add(letter.aggregate()));
    parked.removeAll(draft.shown);
    parkedCount = parked.size();
  }

  private static ParkedRow letter(ViewRecord record, AggregateView view, String reason) {
    var now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    return new ParkedRow(record.position(), view.aggregate(), reason, now);
  }

  private static AggregateView viewOf(ViewRecord record) {
    var view = record.view();
    if (view == null) {
      throw new IllegalStateException("no view at " + record.position() + ": " + record.problem());
    }
    return view;
  }
}

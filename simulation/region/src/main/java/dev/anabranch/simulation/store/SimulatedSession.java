package dev.anabranch.simulation.store;

import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.LogPosition;
import dev.anabranch.model.LogRow;
import dev.anabranch.store.AcceptedLoss;
import dev.anabranch.store.AppendResult;
import dev.anabranch.store.CommandRef;
import dev.anabranch.store.LogBookmark;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.MissingRow;
import dev.anabranch.store.ShardHead;
import dev.anabranch.store.StoreUnavailableException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/** A connection to a {@link SimulatedDatabase}; each call takes a round trip. */
final class SimulatedSession implements LogSession {

  private final SimulatedDatabase database;
  private final int generation;
  private boolean isLost;

  SimulatedSession(SimulatedDatabase database, int generation) {
    this.database = database;
    this.generation = generation;
  }

  boolean isOpen() {
    return !isLost && database.isOf(generation);
  }

  void lose() {
    isLost = true;
  }

  private <T> T read(Function<LogSession, T> read) {
    database.delay();
    requireOpen();
    var result = read.apply(database.server());
    database.delay();
    requireOpen();
    return result;
  }

  private void write(Consumer<LogSession> statement) {
    database.delay();
    requireOpen();
    database.write(statement);
    database.delay();
    requireOpen();
  }

  private void requireOpen() {
    if (!isOpen()) {
      isLost = true;
      throw new StoreUnavailableException(
          "the connection to " + database.name() + " is lost", null);
    }
  }

  @Override
  public AppendResult append(List<LogRow> rows) {
    if (!isOpen()) {
      return new AppendResult.Unknown(null);
    }
    return database.append(this, List.copyOf(rows));
  }

  @Override
  public List<LogRow> read(int shard, long fromOffset, int maxRows) {
    return read(session -> session.read(shard, fromOffset, maxRows));
  }

  @Override
  public Map<Integer, ShardHead> heads(Collection<Integer> shards) {
    return read(session -> session.heads(shards));
  }

  @Override
  public Map<LogPosition, ShardHead> marks(Collection<LogPosition> positions) {
    return read(session -> session.marks(positions));
  }

  @Override
  public List<LogRow> rows(Collection<LogPosition> positions) {
    return read(session -> session.rows(positions));
  }

  @Override
  public List<LogRow> byCommand(Collection<CommandRef> commands) {
    return read(session -> session.byCommand(commands));
  }

  @Override
  public List<LogRow> ofCommand(CommandRef command) {
    return read(session -> session.ofCommand(command));
  }

  @Override
  public List<LogRow> history(AggregateKey aggregate, long afterVersion, int maxRows) {
    return read(session -> session.history(aggregate, afterVersion, maxRows));
  }

  @Override
  public Map<AggregateKey, List<LogRow>> histories(Collection<AggregateKey> aggregates) {
    return read(session -> session.histories(aggregates));
  }

  @Override
  public Map<AggregateKey, List<LogRow>> commits(Collection<AggregateKey> aggregates) {
    return read(session -> session.commits(aggregates));
  }

  @Override
  public Map<Integer, Long> published(Collection<Integer> shards) {
    return read(session -> session.published(shards));
  }

  @Override
  public void recordPublished(Map<Integer, Long> nextOffsets) {
    write(session -> session.recordPublished(nextOffsets));
  }

  @Override
  public boolean hasParkedCommands() {
    return read(LogSession::hasParkedCommands);
  }

  @Override
  public void recordParked(int firstShard, int lastShard, Set<Integer> parked) {
    write(session -> session.recordParked(firstShard, lastShard, parked));
  }

  @Override
  public Map<Integer, byte[]> takeAnswers(long writer, Collection<Integer> shards) {
    var taken = List.copyOf(shards);
    var marks = new HashMap<Integer, byte[]>();
    write(session -> marks.putAll(session.takeAnswers(writer, taken)));
    return new HashMap<>(marks);
  }

  @Override
  public boolean recordAnswered(long writer, Map<Integer, byte[]> marks) {
    var isOwner = new AtomicBoolean();
    write(session -> isOwner.set(session.recordAnswered(writer, marks)));
    return isOwner.get();
  }

  @Override
  public Map<Integer, LogBookmark> bookmarks(Collection<Integer> shards) {
    return read(session -> session.bookmarks(shards));
  }

  @Override
  public void recordBookmarks(Map<Integer, LogBookmark> bookmarks) {
    write(session -> session.recordBookmarks(bookmarks));
  }

  @Override
  public List<AcceptedLoss> acceptedLosses() {
    return read(LogSession::acceptedLosses);
  }

  @Override
  public void acceptLoss(AcceptedLoss loss) {
    write(session -> session.acceptLoss(loss));
  }

  @Override
  public List<MissingRow> missing() {
    return read(LogSession::missing);
  }

  @Override
  public void recordMissing(MissingRow row) {
    write(session -> session.recordMissing(row));
  }

  @Override
  public void ping() {
    database.delay();
    requireOpen();
  }

  @Override
  public void close() {
    isLost = true;
  }
}

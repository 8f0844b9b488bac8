package dev.anabranch.connectors.mysql.query;

import dev.anabranch.connectors.mysql.connection.DatabaseConnector;
import dev.anabranch.model.LogPosition;
import dev.anabranch.query.LostRow;
import dev.anabranch.query.VersionId;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Tells the projections of a region that a person has given up rows of the log. */
public final class ProjectionLosses {

  private final ProjectionTables tables;
  private final DatabaseConnector database;

  /**
   * @param owner the region that the tables must belong to
   */
  public ProjectionLosses(QueryConfig config, QueryOwner owner) {
    this.tables = new ProjectionTables(config, owner);
    this.database = config.connector();
  }

  /**
   * Marks each version that has applied rows of the shard at or above the offset, whether a job
   * runs or not. A job takes a mark back if the store has what the version has applied.
   *
   * @param what for people
   * @return these versions; those that follow merged views are not among them, see {@link
   *     #doubtViews}
   * @throws dev.anabranch.store.StoreUnavailableException if the query database does not answer
   */
  public List<VersionId> giveUp(int shard, long fromOffset, String what) {
    var marked = new ArrayList<VersionId>();
    var now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    try (var admin = QueryAdmin.connect(database)) {
      var rows = new LostRows(admin.connection());
      for (var version : tables.list()) {
        var position = version.positions().get(shard);
        if (!version.ofViews() && position != null && position.nextOffset() > fromOffset) {
          var last = new LogPosition(shard, position.nextOffset() - 1);
          // Where its own tables are of an older release the job notices it by itself.
          var unused = rows.record(version.id(), new LostRow(last, position.hlc(), what, now));
          marked.add(version.id());
        }
      }
    } catch (SQLException e) {
      throw database.failure("mark projections in", e);
    }
    return marked;
  }

  /**
   * Marks each version that follows merged views, if any has applied some: they may show rows of
   * the shard that are given up. Such a mark stays: an earlier view never takes a later one's
   * place, so only a rebuild from a topic of views that was made after the loss shows what the
   * store has.
   *
   * @param what for people
   * @return these versions
   * @throws dev.anabranch.store.StoreUnavailableException if the query database does not answer
   */
  public List<VersionId> doubtViews(int shard, long fromOffset, String what) {
    var marked = new ArrayList<VersionId>();
    var now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    try (var admin = QueryAdmin.connect(database)) {
      var rows = new LostRows(admin.connection());
      var ofViews = tables.list().stream().filter(VersionStatus::ofViews).toList();
      if (ofViews.stream().anyMatch(version -> version.rows() > 0)) {
        for (var version : ofViews) {
          var row = new LostRow(new LogPosition(shard, fromOffset), LostRow.FORKED, what, now);
          rows.record(version.id(), row);
          marked.add(version.id());
        }
      }
    } catch (SQLException e) {
      throw database.failure("mark projections in", e);
    }
    return marked;
  }
}

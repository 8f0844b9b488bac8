package dev.anabranch.operators.replication.replica;

import dev.anabranch.causality.Dot;
import dev.anabranch.history.TypeFold;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.stored.ReplicaHead;
import dev.anabranch.model.view.ConflictRecord;
import dev.anabranch.model.view.ConflictRecord.Settlement;
import dev.anabranch.model.view.ConflictStatus;
import dev.anabranch.model.view.VersionState;
import dev.anabranch.model.view.VoidCommit;
import dev.anabranch.versions.GraphChange;
import dev.anabranch.versions.OrderedDot;
import dev.anabranch.versions.VersionNode;
import dev.anabranch.versions.Voided;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells what became of the conflicts of one aggregate after one commit.
 *
 * <p>Kept from commit to commit: nothing, or how the conflict stands, and its id: {@code "O
 * a:1+b:1"} for an open one, {@code "R a:1+b:1"} for versions of which a resolver makes one state.
 */
public final class Conflicts {

  private static final String OPEN = "O ";
  private static final String RESOLVED = "R ";

  private final String region;
  private final AggregateKey aggregate;
  private final String resolverId;
  private final long nowMicros;

  private Conflicts(String region, AggregateKey aggregate, String resolverId, long nowMicros) {
    this.region = region;
    this.aggregate = aggregate;
    this.resolverId = resolverId;
    this.nowMicros = nowMicros;
  }

  /**
   * What there is to tell, and what to keep.
   *
   * @param kept null: there is no conflict
   */
  record Told(List<ConflictRecord> records, @Nullable String kept) {}

  /**
   * @param kept from the commit before; null: there was no conflict
   * @param head after the commit
   */
  static Told after(
      String region,
      AggregateKey aggregate,
      TypeFold type,
      @Nullable String kept,
      ReplicaHead head,
      VersionNode node,
      GraphChange change,
      VisibleState shown,
      long nowMicros) {
    var conflicts = new Conflicts(region, aggregate, type.resolverId(), nowMicros);
    var records = new ArrayList<ConflictRecord>();
    for (var voided : change.voided()) {
      records.add(
          conflicts.voided(head, new VoidCommit(voided.dot(), reason(voided), voided.cause())));
    }
    for (var restored : change.restored()) {
      records.add(conflicts.restored(head, restored));
    }
    if (shown.live().size() > 1) {
      return new Told(records, conflicts.concurrent(records, kept, head, change, shown));
    }
    if (kept != null) {
      records.add(
          conflicts.record(
              kept.substring(OPEN.length()),
              ConflictStatus.RESOLVED,
              head,
              shown.live(),
              settledBy(node),
              ""));
    }
    return new Told(records, null);
  }

  /** What is kept of a conflict between these versions that is open. */
  static String keptOf(List<OrderedDot> live) {
    return OPEN + ConflictRecord.idOf(live.get(0).dot(), live.get(1).dot());
  }

  /**
   * The commits that do not count, of a type without conflicts.
   *
   * @param voided what was told to be void before
   */
  static List<ConflictRecord> foundVoid(
      String region,
      AggregateKey aggregate,
      TypeFold type,
      List<VoidCommit> voided,
      ReplicaHead head,
      long nowMicros) {
    return new Conflicts(region, aggregate, type.resolverId(), nowMicros).changesOf(voided, head);
  }

  /** A commit whose command another commit counts for. */
  public static VoidCommit twin(Dot dot, Dot counts) {
    return new VoidCommit(dot, "twin", counts);
  }

  private List<ConflictRecord> changesOf(List<VoidCommit> voided, ReplicaHead head) {
    var records = new ArrayList<ConflictRecord>();
    var before = voided.stream().map(VoidCommit::dot).toList();
    var now = head.voided().stream().map(VoidCommit::dot).toList();
    for (var commit : head.voided()) {
      if (!before.contains(commit.dot())) {
        records.add(voided(head, commit));
      }
    }
    for (var dot : before) {
      if (!now.contains(dot)) {
        records.add(restored(head, dot));
      }
    }
    return records;
  }

  /**
   * How the conflict stands that was found by reading the store, without how it came about.
   *
   * @param past a conflict that there was; null: there was none
   * @param end what ended it, if it has ended; null: that is not known
   * @param voided what was told to be void before: perhaps nobody was told of the others
   */
  static Told found(
      String region,
      AggregateKey aggregate,
      TypeFold type,
      @Nullable String past,
      @Nullable VersionNode end,
      List<VoidCommit> voided,
      ReplicaHead head,
      VisibleState shown,
      long nowMicros) {
    var conflicts = new Conflicts(region, aggregate, type.resolverId(), nowMicros);
    var records = conflicts.changesOf(voided, head);
    if (shown.live().size() > 1) {
      return new Told(records, conflicts.told(records, null, head, shown));
    }
    if (past != null) {
      // Perhaps nobody was told: the job may have started anew.
      var settlement =
          end == null ? new Settlement(null, "commit", "", null, "", "") : settledBy(end);
      records.add(
          conflicts.record(
              past.substring(OPEN.length()),
              ConflictStatus.RESOLVED,
              head,
              shown.live(),
              settlement,
              ""));
    }
    return new Told(records, null);
  }

  private String concurrent(
      List<ConflictRecord> records,
      @Nullable String kept,
      ReplicaHead head,
      GraphChange change,
      VisibleState shown) {
    if (kept != null
        && kept.startsWith(shown.open() ? OPEN : RESOLVED)
        && change.before().equals(change.live())) {
      return kept;
    }
    return told(records, kept, head, shown);
  }

  private String told(
      List<ConflictRecord> records, @Nullable String kept, ReplicaHead head, VisibleState shown) {
    var live = shown.live();
    var id =
        kept != null
            ? kept.substring(OPEN.length())
            : ConflictRecord.idOf(live.get(0).dot(), live.get(1).dot());
    if (shown.open()) {
      var wasOpen = kept != null && kept.startsWith(OPEN);
      var status = wasOpen ? ConflictStatus.EXTENDED : ConflictStatus.OPENED;
      records.add(record(id, status, head, live, null, shown.problem()));
      return OPEN + id;
    }
    var settlement = new Settlement(null, "resolver", resolverId, null, "", "");
    records.add(record(id, ConflictStatus.RESOLVED, head, live, settlement, ""));
    return RESOLVED + id;
  }

  /** Whether both are of the same conflict. */
  static boolean isSame(String kept, @Nullable String other) {
    return other != null && kept.substring(OPEN.length()).equals(other.substring(OPEN.length()));
  }

  public static boolean isOpen(@Nullable String kept) {
    return kept != null && kept.startsWith(OPEN);
  }

  private ConflictRecord voided(ReplicaHead head, VoidCommit voided) {
    return record(
        ConflictRecord.idOf(voided.dot()),
        ConflictStatus.VOIDED,
        head,
        List.of(),
        new Settlement(voided.cause(), voided.reason(), "", null, "", ""),
        "");
  }

  private ConflictRecord restored(ReplicaHead head, Dot dot) {
    return record(ConflictRecord.idOf(dot), ConflictStatus.RESTORED, head, List.of(), null, "");
  }

  static String reason(Voided voided) {
    return voided.status().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Settlement settledBy(VersionNode node) {
    var resolution = node.resolution();
    return resolution == null
        ? new Settlement(node.dot(), "commit", node.resolverId(), null, "", "")
        : new Settlement(
            node.dot(),
            "resolution",
            "",
            resolution.selected(),
            resolution.who(),
            resolution.why());
  }

  private ConflictRecord record(
      String id,
      ConflictStatus status,
      ReplicaHead head,
      List<VersionState> live,
      @Nullable Settlement settlement,
      String problem) {
    return new ConflictRecord(
        region,
        aggregate,
        id,
        status,
        head.position(),
        head.applied(),
        head.hlc(),
        nowMicros,
        live,
        settlement,
        problem);
  }
}

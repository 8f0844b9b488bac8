package dev.anabranch.operators.command.aggregate;

import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.gate.Stability;
import dev.anabranch.wire.blob.GateBlob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What other regions are known to have of one aggregate, in keyed state: it tells which commits are
 * stable, so that what is kept for their sake can go. Written when the aggregate is.
 */
public final class HeardRegions {

  /** The entry stands beside those that the gate keeps under its own names. */
  private static final String HEARD = "heard";

  private final String key;
  private final KeyedMap entries;
  private final Regions regions;

  /** What was heard of other regions; null until it is read. */
  private @Nullable Stability heard;

  private boolean changed;

  /**
   * The regions whose commits tell what is stable.
   *
   * @param all all configured regions, the own one among them
   */
  public record Regions(RegionId own, List<RegionId> all) {}

  HeardRegions(String key, CommandState state, Regions regions) {
    this.key = key;
    this.entries = state.gateEntries();
    this.regions = regions;
  }

  /** Whether something was noted of an aggregate. */
  static boolean isNoted(String key, CommandState state) {
    return state.gateEntries().get(key, HEARD) != null;
  }

  /** Forgets what was noted under a policy that needs it. */
  static void forget(String key, CommandState state) {
    state.gateEntries().remove(key, HEARD);
  }

  /** Whether a commit tells something: the own region is known to have all that is applied. */
  private boolean listensTo(Dot dot) {
    return !dot.origin().equals(regions.own());
  }

  /** What an applied commit tells about its region. */
  void hear(Dot dot, VectorTime context) {
    if (listensTo(dot)) {
      var more = heard().after(dot, context);
      heard = more;
      changed = true;
    }
  }

  /** Completes the keyed state. */
  void writeBack() {
    var known = heard;
    if (changed && known != null) {
      entries.put(key, HEARD, GateBlob.encode(known));
      changed = false;
    }
  }

  /**
   * The commits that every region has.
   *
   * @param applied what this region has
   */
  VectorTime stable(VectorTime applied) {
    return heard().stable(regions.own(), applied, regions.all());
  }

  private Stability heard() {
    var known = heard;
    if (known == null) {
      var stored = entries.get(key, HEARD);
      known = stored == null ? Stability.NONE : GateBlob.decodeStability(stored);
      heard = known;
    }
    return known;
  }
}

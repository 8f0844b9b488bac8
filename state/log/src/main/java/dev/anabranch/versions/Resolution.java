package dev.anabranch.versions;

import dev.anabranch.causality.Dot;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Somebody's choice between live branches. The commit that carries it extends nothing; if it {@link
 * #merges}, its events make a version on top of the selected one.
 *
 * @param selected the version that stays
 * @param rejected the versions that go, ascending; what was built on them unseen does not
 * @param merges whether the commit has events: the selected version with what was merged into it
 * @param who who chose
 * @param why the reason given
 */
public record Resolution(Dot selected, List<Dot> rejected, boolean merges, String who, String why) {

  public static final int MAX_REJECTED = 1_000;

  public Resolution {
    var sorted = new TreeSet<>(rejected);
    if (sorted.size() != rejected.size() || sorted.contains(selected)) {
      throw new IllegalArgumentException(
          "a resolution names each version once: selected " + selected + ", rejected " + rejected);
    }
    if (sorted.size() > MAX_REJECTED) {
      throw new IllegalArgumentException(
          "a resolution rejects at most " + MAX_REJECTED + " versions, not " + sorted.size());
    }
    rejected = List.copyOf(sorted);
  }

  /** Whether it decides about the dot. */
  public boolean names(Dot dot) {
    return selected.equals(dot) || rejected.contains(dot);
  }

  /** Whether both decide about some dot. */
  boolean overlaps(Resolution other) {
    return names(other.selected) || other.rejected.stream().anyMatch(this::names);
  }

  /** Every dot that it decides about. */
  public Collection<Dot> named() {
    var named = new TreeSet<>(rejected);
    named.add(selected);
    return named;
  }
}

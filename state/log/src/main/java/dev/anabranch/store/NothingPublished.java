package dev.anabranch.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log that is published nowhere. */
final class NothingPublished implements PublishedLog.Session {

  @Override
  public Map<Integer, LogBookmark> ends(Collection<Integer> partitions) {
    return Map.of();
  }

  @Override
  public PublishedLog.Found read(
      Map<Integer, @Nullable LogBookmark> from, List<AcceptedLoss> forgotten) {
    return new PublishedLog.Found(Map.of(), Map.of(), 0);
  }

  @Override
  public void close() {}
}

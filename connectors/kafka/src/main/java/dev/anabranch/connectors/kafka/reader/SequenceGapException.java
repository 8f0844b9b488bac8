package dev.anabranch.connectors.kafka.reader;

import java.util.List;
import java.util.stream.Collectors;

/** Rows are missing from the events topic, and more wait for them than a reader may hold. */
public final class SequenceGapException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 10;

  SequenceGapException(int maxHeld, List<ShardSequencer.Gap> gaps) {
    super(
        maxHeld
            + " rows wait for rows that the topic does not have: "
            + gaps.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "))
            + (gaps.size() > SHOWN ? " and " + (gaps.size() - SHOWN) + " more shards" : "")
            + "; publish them again with `anabranch events republish`, or start the reader at a"
            + " position that the topic's retention has kept");
  }
}

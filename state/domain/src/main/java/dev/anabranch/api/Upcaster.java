package dev.anabranch.api;

import java.util.List;

/**
 * Turns one old stored message (type and schema version) into messages of a newer schema. Chained
 * until no upcaster fits; pure, since it runs at every read.
 */
public interface Upcaster {

  /** Type name that this upcaster reads. */
  String type();

  /** Schema version that this upcaster reads. */
  int schemaVersion();

  /**
   * The newer messages that replace the old one: one; several if an event was split; none if it
   * lost its meaning. A stored state must become exactly one.
   */
  List<EncodedMessage> upcast(EncodedMessage old);
}

package dev.anabranch.serde;

import dev.anabranch.wire.Headers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One-byte codes of the header names that most commands have, in place of the names. Stored: the
 * table only ever grows at its end.
 */
final class HeaderNames {

  /** Says that the name itself follows. */
  static final int OTHER = 0;

  static final List<String> KNOWN =
      List.of(
          Headers.SPEC_VERSION,
          Headers.ID,
          Headers.SOURCE,
          Headers.TYPE,
          Headers.SUBJECT,
          Headers.TIME,
          Headers.CONTENT_TYPE,
          Headers.AGGREGATE_TYPE,
          Headers.SCHEMA_VERSION,
          Headers.EXPECTED_VERSION,
          Headers.REPLY_TOPIC,
          Headers.REPLY_PARTITION,
          Headers.CORRELATION_ID,
          Headers.TRACE_PARENT,
          Headers.TRACE_STATE,
          Headers.BAGGAGE,
          "ce_dataschema",
          "ce_datacontenttype",
          "ce_partitionkey",
          Headers.REGION,
          Headers.COMMAND_ID,
          Headers.EXPECTED_REVISION);

  private static final Map<String, Integer> CODES = new HashMap<>();

  static {
    for (var i = 0; i < KNOWN.size(); i++) {
      CODES.put(KNOWN.get(i), i + 1);
    }
  }

  private HeaderNames() {}

  static int codeOf(String name) {
    return CODES.getOrDefault(name, OTHER);
  }

  /**
   * @throws IllegalArgumentException for a code that this release does not know
   */
  static String nameOf(int code) {
    if (code < 1 || code > KNOWN.size()) {
      throw new IllegalArgumentException(
          "header code " + code + " is unknown to this release; a newer one wrote the state");
    }
    return KNOWN.get(code - 1);
  }
}

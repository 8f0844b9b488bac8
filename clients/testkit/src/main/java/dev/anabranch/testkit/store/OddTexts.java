package dev.anabranch.testkit.store;

import java.util.List;

/** Texts that a database may take for each other, or for something else than text. */
final class OddTexts {

  static final List<String> ALL =
      List.of(
          "a",
          "a ",
          " a",
          "A",
          "Alice",
          "alice",
          "\u00e9",
          "e\u0301",
          "\u00df",
          "ss",
          "\uD83D\uDE00",
          "\u0000",
          "a\u0000",
          "\u001a",
          "\n",
          "\r\n",
          "\t",
          "'",
          "''",
          "\"",
          "\\",
          "\\'",
          "`",
          "%",
          "_",
          "?",
          "a/b",
          "/",
          "--",
          "/*",
          ";",
          "'; DROP TABLE event_log; --",
          "\u65e5\u672c",
          "\u2028",
          "\u007f");

  private OddTexts() {}
}

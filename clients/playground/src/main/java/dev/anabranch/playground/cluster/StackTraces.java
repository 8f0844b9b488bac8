package dev.anabranch.playground.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Stack traces as a person reads them: what went wrong, and where each cause came from. */
final class StackTraces {

  private static final int FRAMES_OF_THE_FIRST = 4;
  private static final int FRAMES_OF_A_CAUSE = 2;
  private static final int MAX_LINES = 30;

  private static final Pattern RECORD = Pattern.compile("^[0-9:.]{12} ([A-Z]+) +(\\S*).*");

  /** Loggers of Flink's REST handlers: what they tell of is a request that failed. */
  private static final String REQUESTS = "o.a.f.r.r.h.";

  private StackTraces() {}

  /**
   * The last record of a log that says what failed: a warning or an error with a stack trace.
   *
   * @param log of a process of the cluster
   */
  static Optional<String> lastOf(List<String> log) {
    for (var end = log.size(); end > 0; ) {
      var start = end - 1;
      while (start > 0 && !RECORD.matcher(log.get(start)).matches()) {
        start--;
      }
      var head = RECORD.matcher(log.get(start));
      if (end - start > 1
          && head.matches()
          && !head.group(1).equals("INFO")
          && !head.group(2).startsWith(REQUESTS)) {
        return Optional.of(shortened(String.join("\n", log.subList(start, end))));
      }
      end = start;
    }
    return Optional.empty();
  }

  /** Every message and cause, with the frames next to it. */
  static String shortened(String trace) {
    var kept = new ArrayList<String>();
    var frames = 0;
    var most = FRAMES_OF_THE_FIRST;
    for (var line : trace.lines().toList()) {
      var isFrame = line.startsWith("\tat ") || line.startsWith("\t... ");
      if (line.startsWith("Caused by: ")) {
        most = FRAMES_OF_A_CAUSE;
      }
      frames = isFrame ? frames + 1 : 0;
      if ((!isFrame || frames <= most) && !line.startsWith("\t... ") && kept.size() < MAX_LINES) {
        kept.add(line);
      }
    }
    return String.join("\n", kept);
  }
}

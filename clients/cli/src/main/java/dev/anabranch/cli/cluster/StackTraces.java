package dev.anabranch.cli.cluster;

import java.util.ArrayList;

/** Stack traces as a person reads them: what went wrong, and where each cause came from. */
final class StackTraces {

  private static final int FRAMES_OF_THE_FIRST = 4;
  private static final int FRAMES_OF_A_CAUSE = 2;
  private static final int MAX_LINES = 30;

  private StackTraces() {}

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

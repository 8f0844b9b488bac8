package dev.anabranch.simulation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that happens to a region.
 *
 * @param atMillis when, since the run began
 * @param a what the action makes of it; so {@code b} and {@code c}
 */
public record RegionStep(long atMillis, Action action, int a, int b, int c) {

  /** What may happen. */
  public enum Action {
    /** A client sends command c of verb b to aggregate a. */
    SEND,
    /** Another client sends command c of verb b to aggregate a once more; its call is at+c. */
    REPEAT,
    /** The client of command c sends it once more. */
    RESEND,
    /** A record that is no command comes for aggregate a; its number is c. */
    MALFORMED,
    CHECKPOINT,
    /** A checkpoint that everybody does his part of, and that is aborted then. */
    CHECKPOINT_FAILS,
    CRASH,
    /** The process dies while the next append of database a is on its way. */
    CRASH_IN_APPEND,
    /** The process is taken for dead, and lives on for b milliseconds beside the next one. */
    ZOMBIE,
    /**
     * By hand, with parallelism b: from the latest checkpoint (a = 0), an older one (1), none (2).
     */
    START,
    /** The next append of database a is lost. */
    LOSE_BEFORE,
    LOSE_AFTER,
    /** The connection is lost, and the insert is done later. */
    STRAY,
    SLOW,
    /** Database a is down for b milliseconds. */
    DOWN,
    READ_ONLY,
    /** Database a fails over to a replica that lacks b statements. */
    FAIL_OVER,
    /** Kafka takes nothing for b milliseconds. */
    KAFKA_DOWN
  }

  @Override
  public String toString() {
    return atMillis + " " + action + " " + a + " " + b + " " + c;
  }

  static RegionStep parse(String text) {
    var parts = text.strip().split(" ");
    return new RegionStep(
        Long.parseLong(parts[0]),
        Action.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]));
  }

  /** Reads steps that stand in lines. */
  static List<RegionStep> parseAll(String text) {
    return Arrays.stream(text.split("\n"))
        .filter(line -> !line.isBlank())
        .map(RegionStep::parse)
        .toList();
  }

  static String allAsText(List<RegionStep> steps) {
    return steps.stream().map(RegionStep::toString).collect(Collectors.joining("\n"));
  }
}

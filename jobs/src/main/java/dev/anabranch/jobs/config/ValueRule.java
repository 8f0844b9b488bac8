package dev.anabranch.jobs.config;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.flink.configuration.MemorySize;

/**
 * The values that an option takes, beyond their type.
 *
 * @param expected for messages and the reference: {@code a whole number from 1 to 512}
 */
public record ValueRule<T>(String expected, Predicate<? super T> holds) {

  public static <T> ValueRule<T> any(String expected) {
    return new ValueRule<>(expected, value -> true);
  }

  public static ValueRule<Integer> between(int min, int max) {
    return new ValueRule<>(
        "a whole number from " + min + " to " + max, value -> value >= min && value <= max);
  }

  public static ValueRule<Duration> between(Duration min, Duration max) {
    return new ValueRule<>(
        "a duration from " + text(min) + " to " + text(max),
        value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
  }

  public static ValueRule<MemorySize> between(MemorySize min, MemorySize max) {
    return new ValueRule<>(
        "a size from " + min + " to " + max,
        value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
  }

  public static ValueRule<Boolean> trueOrFalse() {
    return any("true or false");
  }

  public static ValueRule<String> matching(String regex, String expected) {
    return new ValueRule<>(expected, Pattern.compile(regex).asMatchPredicate());
  }

  public static ValueRule<List<String>> eachMatching(String regex, String expected) {
    var each = Pattern.compile(regex).asMatchPredicate();
    return new ValueRule<>(expected, values -> values.stream().allMatch(each));
  }

  static String text(Duration duration) {
    if (duration.toMillis() % 1_000 != 0) {
      return duration.toMillis() + " ms";
    }
    var seconds = duration.toSeconds();
    if (seconds % 3_600 == 0 && seconds > 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
  }
}

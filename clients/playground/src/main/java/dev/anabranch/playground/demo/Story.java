package dev.anabranch.playground.demo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the demo may show beside its traffic, in the order in which it is shown. */
public enum Story {
  /** A task manager and a database are killed under load. */
  CRASH,
  /** A projection is rebuilt beside the tables that readers see, and they are switched over. */
  REBUILD,
  /** An order is edited on both sides of a link that is cut. */
  CUT,
  /** One command is accepted in two regions. */
  TWIN;

  /**
   * The story that an option names.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Story named(String name) {
    return Arrays.stream(values())
        .filter(story -> story.optionName().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("there is no story " + name + "; there are " + all()));
  }

  /** All names with commas between. */
  public static String all() {
    return Arrays.stream(values()).map(Story::optionName).collect(Collectors.joining(", "));
  }

  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is about regions that are cut off from each other. */
  public boolean needsTwoRegions() {
    return this == CUT || this == TWIN;
  }
}

package dev.anabranch.playground.demo;

import dev.anabranch.embedded.RegionTopology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shall do.
 *
 * @param topology the regions, and which reads whom
 * @param directory for its files; null: a fresh temporary one
 * @param rate most commands per second
 * @param traffic how long to send once the JVM is warm
 * @param stories what to show beside the traffic
 * @param keep whether to leave everything running at the end
 * @param web whether Flink's web interface is at its usual port
 */
public record DemoOptions(
    RegionTopology topology,
    @Nullable Path directory,
    int rate,
    Duration traffic,
    Set<Story> stories,
    boolean keep,
    boolean web) {

  public DemoOptions {
    stories = Set.copyOf(stories);
  }

  boolean shows(Story story) {
    return stories.contains(story);
  }
}

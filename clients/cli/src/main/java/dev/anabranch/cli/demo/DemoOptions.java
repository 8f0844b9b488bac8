package dev.anabranch.cli.demo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shall do.
 *
 * @param directory for its files; null: a fresh temporary one
 * @param rate commands per second
 * @param traffic how long to send
 * @param crash whether to kill the task manager and a database on the way
 * @param keep whether to leave everything running at the end
 * @param web whether Flink's web interface is at its usual port
 */
public record DemoOptions(
    @Nullable Path directory,
    int rate,
    Duration traffic,
    boolean crash,
    boolean keep,
    boolean web) {}

package dev.anabranch.benchmarks.load;

import java.time.Duration;

/** A load generator with its requests' outcomes. */
public interface Load {

  void start();

  Outcomes outcomes();

  /** Lets it run for so long; throws if it or its target failed. */
  void await(Duration duration) throws InterruptedException;

  /** Sends no more, and returns when every request has ended. */
  void stop() throws InterruptedException;
}

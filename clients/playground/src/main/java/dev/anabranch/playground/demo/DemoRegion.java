package dev.anabranch.playground.demo;

import dev.anabranch.client.CommandClient;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.store.EventStore;
import java.nio.file.Path;

/**
 * One of the demo's regions, running.
 *
 * @param config its file
 * @param client sends to it
 */
record DemoRegion(
    String name,
    Path config,
    CommandJobOptions options,
    DemoServers servers,
    DemoJob job,
    EventStore store,
    CommandClient client) {

  CrossRegionJobOptions crossRegionOptions() {
    return CrossRegionJobOptions.fromArgs("--config", config.toString());
  }
}

package dev.anabranch.playground.demo;

import dev.anabranch.playground.traffic.Pause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/**
 * The bank's tables are filled again from the log, beside those that readers see; then readers are
 * switched over.
 */
final class RebuildStory {

  private static final String PROJECTION = "balances";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final DemoRegion region;
  private final DemoScreen screen;
  private final CliRunner cli;
  private final Narrator narrator;

  RebuildStory(DemoRegion region, DemoScreen screen, CliRunner cli, Narrator narrator) {
    this.region = region;
    this.screen = screen;
    this.cli = cli;
    this.narrator = narrator;
  }

  void tell() {
    screen.heading("A projection is rebuilt beside the tables that readers see");
    narrator.run(region, "projections", "rebuild", PROJECTION);
    var start = System.nanoTime();
    // It refuses while the version is behind, or nothing fills it yet.
    Pause.until("version 2 has caught up", PATIENCE, this::switches);
    screen.step(
        "version 2 had caught up, and readers were switched over, after %.1f s",
        (System.nanoTime() - start) / 1e9);
    narrator.run(region, "projections", "list");
    narrator.run(region, "projections", "drop", PROJECTION, "1");
  }

  private boolean switches() {
    var quiet = new PrintWriter(new StringWriter());
    var config = region.config().toString();
    return cli.run(quiet, "projections", "switch", PROJECTION, "2", "--config", config) == 0;
  }
}

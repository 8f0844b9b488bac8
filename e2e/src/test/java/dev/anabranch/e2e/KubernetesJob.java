package dev.anabranch.e2e;

import static dev.anabranch.e2e.KubernetesFiles.KUBERNETES;
import static dev.anabranch.e2e.KubernetesFiles.YAML;
import static dev.anabranch.e2e.KubernetesFiles.known;
import static dev.anabranch.e2e.KubernetesFiles.merge;
import static dev.anabranch.e2e.KubernetesFiles.overlay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.CrossRegionJob;
import dev.anabranch.jobs.ProjectionJob;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.CrossRegionJobOptions;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import java.io.IOException;
import java.util.function.Function;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;

/** The jobs of a region. */
enum KubernetesJob {
  COMMANDS(
      "command-job.yaml",
      UpgradeMode.SAVEPOINT,
      CommandJob.class,
      args -> CommandJobOptions.fromArgs(args).region().name().value()),
  CROSS_REGION(
      "cross-region-job.yaml",
      UpgradeMode.LAST_STATE,
      CrossRegionJob.class,
      args -> {
        var options = CrossRegionJobOptions.fromArgs(args);
        assertThat(options.peers()).hasSize(1);
        return options.region().name().value();
      }),
  PROJECTIONS(
      "projection-job.yaml",
      UpgradeMode.LAST_STATE,
      ProjectionJob.class,
      args -> ProjectionJobOptions.fromArgs(args).region().name().value());

  private final String file;
  private final UpgradeMode upgrades;
  private final Class<?> entryClass;
  private final Function<String[], String> parse;

  KubernetesJob(
      String file, UpgradeMode upgrades, Class<?> entryClass, Function<String[], String> parse) {
    this.file = file;
    this.upgrades = upgrades;
    this.entryClass = entryClass;
    this.parse = parse;
  }

  String file() {
    return file;
  }

  UpgradeMode upgrades() {
    return upgrades;
  }

  Class<?> entryClass() {
    return entryClass;
  }

  /** Reads the options of a command line, and gives the region's name. */
  Function<String[], String> parse() {
    return parse;
  }

  /** With the overlay's patch. */
  FlinkDeployment in(String region) throws IOException {
    var patch = YAML.readTree(overlay(region).resolve(file).toFile());
    var unused = YAML.treeToValue(patch, FlinkDeployment.class);
    var base = YAML.readTree(KUBERNETES.resolve("base").resolve(file).toFile());
    assertThat(patch.at("/metadata/name")).isEqualTo(base.at("/metadata/name"));
    return YAML.treeToValue(known(merge(base, patch)), FlinkDeployment.class);
  }
}

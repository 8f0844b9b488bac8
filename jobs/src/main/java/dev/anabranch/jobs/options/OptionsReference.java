package dev.anabranch.jobs.options;

import dev.anabranch.jobs.config.JobOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The references of the jobs' options, written from their declarations. */
public final class OptionsReference {

  private static final String INTRODUCTION =
      """
      # Options of the command job

      Generated from the code; a test compares. To write it again after a change:
      `mvn test -pl jobs -am -Dtest=OptionsReferenceTest -Danabranch.update-docs=true`.

      Options come from a YAML file, `--config command.yaml`, its keys dotted or nested, and from
      arguments, `--key value`, `--key=value` or `-Dkey=value`, which win over the file. In every value
      `${env:NAME}` stands for an environment variable and `${file:PATH}` for the content of a file.
      Durations read `10 s` or `500 ms`, sizes `4 mb` or plain bytes; lists are YAML lists or have
      commas between. A job with an unknown key, a missing or wrong value does not start; it names all
      of them at once.
      """;

  private static final String PROJECTION_INTRODUCTION =
      """
      # Options of the projection job

      Generated from the code; a test compares. To write it again after a change:
      `mvn test -pl jobs -am -Dtest=OptionsReferenceTest -Danabranch.update-docs=true`.

      The same job jar, with `-c dev.anabranch.jobs.ProjectionJob`. Files, arguments and values are those
      of the [command job](command-job-options.md), and one file may hold the options of both jobs:
      `anabranch projections` reads them from there, too.
      """;

  private static final String CROSS_REGION_INTRODUCTION =
      """
      # Options of the cross-region job

      Generated from the code; a test compares. To write it again after a change:
      `mvn test -pl jobs -am -Dtest=OptionsReferenceTest -Danabranch.update-docs=true`.

      The same job jar, with `-c dev.anabranch.jobs.CrossRegionJob`. Files, arguments and values are those
      of the [command job](command-job-options.md), and one file may hold the options of all jobs of a
      region.
      """;

  private static final String FLINK_DEFAULTS =
      """

      The job sets these where neither `flink.*` nor the cluster's configuration do. It always sets
      `pipeline.max-parallelism` to the shard count, and keeps operators chained.

      | Flink option | value |
      |---|---|
      """;

  private OptionsReference() {}

  /** The page, as Markdown. */
  public static String text() {
    return page(INTRODUCTION, CommandJobOptions.SECTIONS, FlinkSettings.CHECKPOINTS);
  }

  /** The projection job's page, as Markdown. */
  public static String projectionJob() {
    return page(PROJECTION_INTRODUCTION, ProjectionJobOptions.SECTIONS, FlinkSettings.CHECKPOINTS);
  }

  /** The cross-region job's page, as Markdown. */
  public static String crossRegionJob() {
    return page(
        CROSS_REGION_INTRODUCTION, CrossRegionJobOptions.SECTIONS, FlinkSettings.CHECKPOINTS);
  }

  private static String page(
      String introduction, Map<String, List<JobOption<?>>> sections, Duration checkpoints) {
    var page = new StringBuilder(introduction);
    sections.forEach((title, options) -> addSection(page, title, options));
    page.append(FLINK_DEFAULTS);
    FlinkSettings.defaults(checkpoints)
        .forEach((key, value) -> page.append("| `" + key + "` | `" + value + "` |\n"));
    return page.toString();
  }

  private static void addSection(StringBuilder page, String title, List<JobOption<?>> options) {
    page.append("\n## ").append(title).append("\n\n");
    page.append("| key | default | values | |\n|---|---|---|---|\n");
    for (var option : options) {
      page.append("| `").append(option.key());
      page.append("` | ").append(option.defaultText());
      page.append(" | ").append(cell(option.expected()));
      page.append(" | ").append(cell(option.description())).append(" |\n");
    }
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}

package dev.anabranch.cli;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.cli.exit.CliException;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where the application's code comes from. */
final class DomainOption {

  @Option(
      names = "--domain-jar",
      paramLabel = "JAR",
      split = ",",
      defaultValue = "${env:ANABRANCH_DOMAIN_JAR}",
      description =
          "Jar with the application's Domain and what it needs; may be given several times. Default:"
              + " the variable ANABRANCH_DOMAIN_JAR, else what is on the class path; from a"
              + " checkout, the examples.")
  private List<Path> jars = List.of();

  AggregateType<?, ?, ?> type(String name) {
    var types = loaded("domain", AggregateTypes::load);
    return types
        .find(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "aggregate type "
                        + name
                        + " is not in "
                        + where()
                        + "; known are "
                        + types.all().stream()
                            .map(AggregateType::name)
                            .sorted()
                            .collect(Collectors.joining(", "))
                        + ". Name the jar of its domain with --domain-jar, or in"
                        + " ANABRANCH_DOMAIN_JAR."));
  }

  Projection projection(String name) {
    var projections = loaded("read model", Projections::load);
    return projections
        .find(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "projection "
                        + name
                        + " is not in "
                        + where()
                        + "; known are "
                        + projections.all().stream()
                            .map(Projection::name)
                            .collect(Collectors.joining(", "))
                        + ". Name the jar of its code with --domain-jar."));
  }

  /** For messages: whose code is used. */
  String where() {
    return jars.isEmpty()
        ? "the class path, which is used where there is no --domain-jar"
        : "--domain-jar " + jars.stream().map(Path::toString).collect(Collectors.joining(","));
  }

  /** Loads services. If that can't be done, it is the jar that is wrong. */
  private <T> T loaded(String what, Function<ClassLoader, T> load) {
    var loader = jars.isEmpty() ? DomainOption.class.getClassLoader() : DomainJars.of(jars);
    try {
      return load.apply(loader);
    } catch (IllegalStateException | IllegalArgumentException | ServiceConfigurationError e) {
      throw CliException.usage("the " + what + " of " + where() + ": " + e.getMessage());
    }
  }
}

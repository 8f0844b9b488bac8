package dev.anabranch.cli;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.projection.Projection;
import dev.anabranch.projection.Projections;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where the application's code comes from. */
final class DomainOption {

  @Option(
      names = "--domain-jar",
      paramLabel = "JAR",
      split = ",",
      description =
          "Jar with the application's Domain and what it needs; may be given several times. Default:"
              + " the examples.")
  private List<Path> jars = List.of();

  AggregateType<?, ?, ?> type(String name) {
    var types = AggregateTypes.load(loader());
    return types
        .find(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "aggregate type "
                        + name
                        + " is in no domain here; known are "
                        + types.all().stream()
                            .map(AggregateType::name)
                            .sorted()
                            .collect(Collectors.joining(", "))
                        + ". Name the jar of its domain with --domain-jar."));
  }

  Projection projection(String name) {
    var projections = Projections.load(loader());
    return projections
        .find(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "projection "
                        + name
                        + " is in no read model here; known are "
                        + projections.all().stream()
                            .map(Projection::name)
                            .collect(Collectors.joining(", "))
                        + ". Name the jar of its code with --domain-jar."));
  }

  private ClassLoader loader() {
    var parent = DomainOption.class.getClassLoader();
    if (jars.isEmpty()) {
      return parent;
    }
    var urls = new ArrayList<URL>();
    for (var jar : jars) {
      if (!Files.exists(jar)) {
        throw CliException.usage("--domain-jar " + jar + " does not exist");
      }
      try {
        urls.add(jar.toUri().toURL());
      } catch (MalformedURLException e) {
        throw CliException.usage("--domain-jar " + jar + " can't be read: " + e.getMessage());
      }
    }
    return new URLClassLoader(urls.toArray(new URL[0]), parent);
  }
}

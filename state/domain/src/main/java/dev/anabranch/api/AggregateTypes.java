package dev.anabranch.api;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** All aggregate types of a job, by name. */
public final class AggregateTypes {

  private final Map<String, AggregateType<?, ?, ?>> byName = new HashMap<>();

  private AggregateTypes(List<? extends Domain> domains) {
    for (var domain : domains) {
      for (var type : domain.aggregateTypes()) {
        if (byName.put(type.name(), type) != null) {
          throw new IllegalArgumentException(
              "aggregate type " + type.name() + " is registered twice; type names are unique");
        }
      }
    }
  }

  public static AggregateTypes of(Domain... domains) {
    return new AggregateTypes(List.of(domains));
  }

  /**
   * Loads every {@link Domain} that the class loader's {@code META-INF/services} name.
   *
   * @throws IllegalStateException if there is none
   */
  public static AggregateTypes load(ClassLoader loader) {
    var domains = ServiceLoader.load(Domain.class, loader).stream().map(p -> p.get()).toList();
    if (domains.isEmpty()) {
      throw new IllegalStateException(
          "no domain found: name your Domain class in META-INF/services/"
              + Domain.class.getName()
              + " of a jar on the job's class path");
    }
    return new AggregateTypes(domains);
  }

  public Optional<AggregateType<?, ?, ?>> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public Collection<AggregateType<?, ?, ?>> all() {
    return List.copyOf(byName.values());
  }
}

package dev.anabranch.projection;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** All projections of a job, by name. */
public final class Projections {

  private final Map<String, Projection> byName = new TreeMap<>();

  private Projections(List<? extends ReadModel> models) {
    var owners = new HashMap<String, String>();
    for (var model : models) {
      for (var projection : model.projections()) {
        if (byName.put(projection.name(), projection) != null) {
          throw new IllegalArgumentException(
              "projection " + projection.name() + " is there twice; names are unique");
        }
        for (var table : projection.tables()) {
          var other = owners.put(table.name(), projection.name());
          if (other != null) {
            throw new IllegalArgumentException(
                "table %s belongs to the projections %s and %s; each needs tables of its own"
                    .formatted(table, other, projection.name()));
          }
        }
      }
    }
  }

  public static Projections of(ReadModel... models) {
    return new Projections(List.of(models));
  }

  /**
   * Loads every {@link ReadModel} that the class loader's {@code META-INF/services} name.
   *
   * @throws IllegalStateException if there is none
   */
  public static Projections load(ClassLoader loader) {
    var models = ServiceLoader.load(ReadModel.class, loader).stream().map(p -> p.get()).toList();
    if (models.isEmpty()) {
      throw new IllegalStateException(
          "no projections found: name your ReadModel class in META-INF/services/"
              + ReadModel.class.getName()
              + " of a jar on the job's class path");
    }
    return new Projections(models);
  }

  /**
   * Those with these names.
   *
   * @throws IllegalArgumentException if there is none of some name; the message says which there
   *     are
   */
  public Projections only(Collection<String> names) {
    for (var name : names) {
      if (!byName.containsKey(name)) {
        throw new IllegalArgumentException(
            "there is no projection '%s' in this code; there are %s"
                .formatted(name, String.join(", ", byName.keySet())));
      }
    }
    var chosen = byName.values().stream().filter(p -> names.contains(p.name())).toList();
    return of(() -> chosen);
  }

  public Optional<Projection> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** In the order of their names. */
  public Collection<Projection> all() {
    return List.copyOf(byName.values());
  }
}

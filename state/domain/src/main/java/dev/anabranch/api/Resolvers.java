package dev.anabranch.api;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Ready-made resolvers. */
public final class Resolvers {

  private Resolvers() {}

  /**
   * The latest version by (hlc, dot) wins whole; what the others changed is lost from the state,
   * not from the log.
   */
  public static <S> ConflictResolver<S> lastWriterWins() {
    return new LastWriterWins<>();
  }

  /**
   * A three-way merge of records, component by component: what only one version changed since the
   * base is taken from it. Where several changed one component, the latest of those by (hlc, dot)
   * wins. Components are compared with {@code equals}, so collections count as one value each.
   *
   * @throws IllegalArgumentException if the class is no record
   */
  public static <S extends Record> ConflictResolver<S> fieldWise(Class<S> type) {
    return new FieldWise<>(type);
  }

  private record LastWriterWins<S>() implements ConflictResolver<S> {
    @Override
    public String id() {
      return "last-writer-wins";
    }

    @Override
    public S resolve(List<LiveVersion<S>> live, S base) {
      return Collections.max(live, LiveVersion.order()).state();
    }
  }

  private static final class FieldWise<S extends Record> implements ConflictResolver<S> {
    private final Class<S> type;

    FieldWise(Class<S> type) {
      if (!type.isRecord()) {
        throw new IllegalArgumentException(
            type.getName() + " is no record; write a ConflictResolver for it");
      }
      this.type = type;
    }

    @Override
    public String id() {
      return "field-wise";
    }

    @Override
    public S resolve(List<LiveVersion<S>> live, S base) {
      var components = type.getRecordComponents();
      var inOrder = live.stream().sorted(LiveVersion.order()).toList();
      var merged = new @Nullable Object[components.length];
      for (var i = 0; i < components.length; i++) {
        var before = value(components[i], base);
        merged[i] = before;
        for (var version : inOrder) {
          var after = value(components[i], version.state());
          if (!Objects.equals(before, after)) {
            merged[i] = after;
          }
        }
      }
      return construct(components, merged);
    }

    private S construct(RecordComponent[] components, @Nullable Object[] values) {
      var types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(
            type.getSimpleName() + " refuses the components merged from several versions", e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("can't construct " + type.getName(), e);
      }
    }

    private static @Nullable Object value(RecordComponent component, Record state) {
      try {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        return accessor.invoke(state);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("can't read component " + component.getName(), e);
      }
    }
  }
}

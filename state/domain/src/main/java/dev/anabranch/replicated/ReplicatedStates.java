package dev.anabranch.replicated;

import dev.anabranch.causality.VectorTime;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * States that consist of replicated data types and nothing else: one such type, or a record of such
 * types and records.
 *
 * <p><b>Threads.</b> Used by several threads at once.
 */
public final class ReplicatedStates {

  private static final int MAX_DEPTH = 16;

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return new Shape(type);
        }
      };

  private ReplicatedStates() {}

  /** Whether states of this class consist wholly of replicated data types. */
  public static boolean isReplicated(Class<?> state) {
    return problemOf(state, "", 0).isEmpty();
  }

  /**
   * For registration.
   *
   * @throws IllegalArgumentException unless the class consists wholly of replicated data types;
   *     names the component that does not, and the remedy
   */
  public static void check(Class<?> state) {
    problemOf(state, "", 0)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "state "
                      + state.getName()
                      + " is not made of replicated data types: "
                      + problem
                      + "; see package "
                      + ReplicatedStates.class.getPackageName());
            });
  }

  /**
   * The state with {@link Replicated#stable} applied to all its parts; the same object if that
   * changes none.
   *
   * @throws IllegalArgumentException if the state's class does not pass {@link #check}
   */
  @SuppressWarnings("unchecked") // of one shape
  public static <S> S stable(S state, VectorTime stable) {
    return (S) stablePart(state, stable);
  }

  private static Object stablePart(Object part, VectorTime stable) {
    return part instanceof Replicated<?> value
        ? value.stable(stable)
        : SHAPES.get(part.getClass()).stable(part, stable);
  }

  private static Optional<String> problemOf(Class<?> type, String path, int depth) {
    if (Replicated.class.isAssignableFrom(type)) {
      return Optional.empty();
    }
    if (!type.isRecord()) {
      return Optional.of(
          (path.isEmpty() ? "it" : "component " + path)
              + " is of "
              + type.getTypeName()
              + "; make it "
              + remedyFor(type));
    }
    if (depth == MAX_DEPTH) {
      return Optional.of("component " + path + " is nested too deeply; make it flatter");
    }
    var components = type.getRecordComponents();
    if (components.length == 0) {
      return Optional.of(
          (path.isEmpty() ? "it" : "component " + path) + " has no components; give it some");
    }
    for (var component : components) {
      var name = path.isEmpty() ? component.getName() : path + "." + component.getName();
      var problem =
          hasOpenType(component.getGenericType())
              ? Optional.of("component " + name + " leaves its element type open; name a class")
              : problemOf(component.getType(), name, depth + 1);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  /** Whether JSON could not be read back for want of a type. */
  private static boolean hasOpenType(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return Arrays.stream(parameterized.getActualTypeArguments())
          .anyMatch(ReplicatedStates::hasOpenType);
    }
    return type instanceof WildcardType
        || type instanceof TypeVariable<?>
        || (type instanceof Class<?> plain
            && Replicated.class.isAssignableFrom(plain)
            && plain.getTypeParameters().length > 0);
  }

  private static String remedyFor(Class<?> type) {
    if (type == int.class || type == long.class || Number.class.isAssignableFrom(type)) {
      return "a PnCounter or GrowCounter if it counts, else an LwwRegister";
    }
    if (Iterable.class.isAssignableFrom(type)) {
      return "an OrSet, an OrCart or a TwoPhaseSet";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "an OrMap";
    }
    return "an LwwRegister or an MvRegister, or a record of replicated data types";
  }

  /** How to take a record apart and put it together again. */
  private static final class Shape {
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;

    Shape(Class<?> type) {
      check(type);
      var components = type.getRecordComponents();
      this.accessors =
          Arrays.stream(components).map(ElementOrder::accessorOf).toArray(MethodHandle[]::new);
      this.constructor = constructorOf(type, components);
    }

    Object stable(Object state, VectorTime stable) {
      var parts = new Object[accessors.length];
      var isChanged = false;
      for (var i = 0; i < parts.length; i++) {
        var part = read(accessors[i], state);
        if (part == null) {
          throw new IllegalArgumentException(
              "a component of " + state + " is null; start from an empty replicated data type");
        }
        parts[i] = stablePart(part, stable);
        isChanged |= parts[i] != part;
      }
      return isChanged ? create(parts) : state;
    }

    private static @Nullable Object read(MethodHandle accessor, Object state) {
      try {
        return accessor.invoke(state);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("an accessor of " + state.getClass() + " threw", e);
      }
    }

    private Object create(Object[] parts) {
      try {
        return constructor.invokeWithArguments(parts);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("the constructor of a state threw", e);
      }
    }

    private static MethodHandle constructorOf(Class<?> type, RecordComponent[] components) {
      var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        Constructor<?> canonical = type.getDeclaredConstructor(types);
        canonical.setAccessible(true);
        return MethodHandles.lookup().unreflectConstructor(canonical);
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw new IllegalArgumentException(
            "the constructor of " + type.getName() + " can't be called; open its package", e);
      }
    }
  }
}

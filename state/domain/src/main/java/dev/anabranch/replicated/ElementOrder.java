package dev.anabranch.replicated;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One order for all elements and keys: the natural one where there is one, component by component
 * for records. Two elements are the same if and only if they are equal, so that 1.0 and 1.00, which
 * compare as equal, stay two.
 */
final class ElementOrder implements Comparator<Object> {

  static final ElementOrder INSTANCE = new ElementOrder();

  private static final ClassValue<MethodHandle[]> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected MethodHandle[] computeValue(Class<?> type) {
          return accessorsOf(type);
        }
      };

  private ElementOrder() {}

  @Override
  public int compare(Object a, Object b) {
    if (a == b) {
      return 0;
    }
    if (a instanceof Optional<?> x && b instanceof Optional<?> y) {
      return compareNullable(x.orElse(null), y.orElse(null));
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return compareLists(x.iterator(), y.iterator());
    }
    if (a instanceof Enum<?> x && b instanceof Enum<?> y) {
      // By name: a constant may move, and what is stored must stay in order.
      return x.name().compareTo(y.name());
    }
    if (a.getClass() != b.getClass()) {
      return a.getClass().getName().compareTo(b.getClass().getName());
    }
    if (a instanceof Comparable<?> comparable) {
      return compareNatural(comparable, b);
    }
    if (a.getClass().isRecord()) {
      return compareRecords(a, b);
    }
    throw new IllegalArgumentException(
        "elements of "
            + a.getClass().getName()
            + " have no order; use text, a number, an enum or a record of such, or implement"
            + " Comparable");
  }

  @SuppressWarnings("unchecked") // both are of one class
  private static int compareNatural(Comparable<?> a, Object b) {
    var order = ((Comparable<Object>) a).compareTo(b);
    return order != 0 || a.equals(b) ? order : a.toString().compareTo(b.toString());
  }

  private int compareRecords(Object a, Object b) {
    for (var accessor : ACCESSORS.get(a.getClass())) {
      var order = compareNullable(invoke(accessor, a), invoke(accessor, b));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private int compareLists(Iterator<?> a, Iterator<?> b) {
    while (a.hasNext() && b.hasNext()) {
      var order = compareNullable(a.next(), b.next());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(a.hasNext(), b.hasNext());
  }

  private int compareNullable(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return compare(a, b);
  }

  private static @Nullable Object invoke(MethodHandle accessor, Object of) {
    try {
      return accessor.invoke(of);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("an accessor of " + of.getClass().getName() + " threw", e);
    }
  }

  private static MethodHandle[] accessorsOf(Class<?> type) {
    var components = type.getRecordComponents();
    var accessors = new MethodHandle[components.length];
    for (var i = 0; i < accessors.length; i++) {
      accessors[i] = accessorOf(components[i]);
    }
    return accessors;
  }

  static MethodHandle accessorOf(RecordComponent component) {
    var accessor = component.getAccessor();
    try {
      // The record itself need not be public.
      accessor.setAccessible(true);
      return MethodHandles.lookup().unreflect(accessor);
    } catch (IllegalAccessException | RuntimeException e) {
      throw new IllegalArgumentException(
          "component "
              + component.getName()
              + " of "
              + component.getDeclaringRecord().getName()
              + " can't be read; open its package to Anabranch",
          e);
    }
  }
}

package dev.anabranch.operators.task;

import dev.anabranch.model.LogRow;
import dev.anabranch.store.EventStore;
import dev.anabranch.store.StoredLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Notes how large the answers of a store's sessions are, or makes them small. */
public final class PageWatch {

  private final AtomicLong most = new AtomicLong();
  private volatile boolean oneRowAPage;

  /** Bytes of blobs of the largest answer. */
  public long most() {
    return most.get();
  }

  /** From here on each aggregate is too large to be read at once, and each page has one row. */
  public void oneRowAPage() {
    oneRowAPage = true;
  }

  /** The same store, watched. */
  public EventStore around(EventStore store) {
    return (EventStore) around(store, EventStore.class);
  }

  private Object around(Object target, Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        interfaces(target.getClass()).toArray(Class<?>[]::new),
        (proxy, method, arguments) -> {
          var isPage = method.getName().equals("commits") && arguments.length == 4;
          if (oneRowAPage && isPage) {
            arguments[3] = 1L;
          }
          try {
            return seen(method.invoke(target, arguments));
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private Object seen(Object result) {
    if (oneRowAPage && result instanceof Map<?, ?> map) {
      var large = new HashMap<Object, Object>(map);
      large.replaceAll(
          (key, value) ->
              value instanceof StoredLog.Extent extent
                  ? new StoredLog.Extent(extent.rows(), ReadAhead.PAGE_BYTES + 1)
                  : value);
      return large;
    }
    if (result instanceof StoredLog session) {
      return around(session, StoredLog.class);
    }
    var bytes = bytes(result);
    most.updateAndGet(before -> Math.max(before, bytes));
    return result;
  }

  private static long bytes(Object result) {
    if (result instanceof LogRow row) {
      return row.outcome().blobs().size();
    } else if (result instanceof StoredLog.Found found) {
      return bytes(found.rows());
    } else if (result instanceof Map<?, ?> map) {
      return bytes(map.values());
    } else if (result instanceof Collection<?> all) {
      return all.stream().mapToLong(PageWatch::bytes).sum();
    }
    return 0;
  }

  private static Set<Class<?>> interfaces(Class<?> type) {
    var all = new LinkedHashSet<Class<?>>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      all.addAll(Set.of(each.getInterfaces()));
    }
    return all;
  }
}

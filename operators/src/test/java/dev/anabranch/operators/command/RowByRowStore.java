package dev.anabranch.operators.command;

import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreUnavailableException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store each of whose pages is one row, and whose connection is lost every few pages of a
 * history.
 */
record RowByRowStore(EventStoreFactory whole, int pagesUntilLost) implements EventStoreFactory {

  private static final Set<String> PAGES = Set.of("history", "commits", "rows");

  @Override
  public EventStore open() {
    var store = whole.open();
    var pages = new AtomicInteger();
    return proxy(
        EventStore.class,
        (self, method, args) -> {
          if (method.getName().equals("reopen")) {
            return session(store.open((Integer) args[0]), pages);
          }
          var result = invoke(store, method, args);
          return result instanceof LogSession session ? session(session, pages) : result;
        });
  }

  private LogSession session(LogSession session, AtomicInteger pages) {
    return proxy(
        LogSession.class,
        (self, method, args) -> {
          var isPage =
              PAGES.contains(method.getName())
                  && args != null
                  && method.getParameterTypes()[args.length - 1] == long.class;
          if (isPage) {
            if (pages.incrementAndGet() % pagesUntilLost == 0) {
              throw new StoreUnavailableException("told to be lost", null);
            }
            args[args.length - 1] = 1L;
          }
          return invoke(session, method, args);
        });
  }

  private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}

package dev.anabranch.operators.command;

import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A store that holds up each session's calls of one method until it is told to let them go on. */
final class HeldCallStore implements EventStoreFactory {

  private static final long serialVersionUID = 1L;
  private static final long PATIENCE_SECONDS = 20;

  private final EventStoreFactory whole;
  private final String held;
  private final transient CountDownLatch called = new CountDownLatch(1);
  private final transient CountDownLatch goOn = new CountDownLatch(1);

  HeldCallStore(EventStoreFactory whole, String held) {
    this.whole = whole;
    this.held = held;
  }

  /** Waits until the method is called. */
  void awaitCall() throws InterruptedException {
    if (!called.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(held + " was not called");
    }
  }

  void goOn() {
    goOn.countDown();
  }

  @Override
  public EventStore open() {
    var store = whole.open();
    return proxy(
        EventStore.class,
        (self, method, args) -> {
          var result = invoke(store, method, args);
          return result instanceof LogSession session ? session(session) : result;
        });
  }

  private LogSession session(LogSession session) {
    return proxy(
        LogSession.class,
        (self, method, args) -> {
          if (method.getName().equals(held)) {
            called.countDown();
            goOn.await();
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

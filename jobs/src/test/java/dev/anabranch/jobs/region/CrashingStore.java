package dev.anabranch.jobs.region;

import dev.anabranch.store.EventStore;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.LogSession;
import dev.anabranch.store.StoreLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** The real store, whose sessions fail at {@link CrashPoint}s. */
record CrashingStore(String region, EventStoreFactory real) implements EventStoreFactory {
  private static final long serialVersionUID = 1L;

  @Override
  public EventStore open() {
    return new Store(real.open(), Crashes.of(region));
  }

  private record Store(EventStore real, Crashes crashes) implements EventStore {

    @Override
    public StoreLayout layout() {
      return real.layout();
    }

    @Override
    public LogSession open(int database) {
      return crashing(real.open(database));
    }

    @Override
    public LogSession reopen(int database, LogSession lost) {
      var session = (Session) Proxy.getInvocationHandler(lost);
      return crashing(real.reopen(database, session.real));
    }

    @Override
    public void close() {
      real.close();
    }

    private LogSession crashing(LogSession session) {
      return (LogSession)
          Proxy.newProxyInstance(
              LogSession.class.getClassLoader(),
              new Class<?>[] {LogSession.class},
              new Session(session, crashes));
    }
  }

  private record Session(LogSession real, Crashes crashes) implements InvocationHandler {

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      var append = method.getName().equals("append");
      if (append) {
        crashes.pass(CrashPoint.BEFORE_APPEND);
      }
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      } finally {
        if (append) {
          crashes.pass(CrashPoint.AFTER_APPEND);
        }
      }
    }
  }
}

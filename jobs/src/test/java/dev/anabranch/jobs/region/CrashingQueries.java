package dev.anabranch.jobs.region;

import dev.anabranch.query.QueryDatabase;
import dev.anabranch.query.QueryDatabaseFactory;
import dev.anabranch.query.QuerySession;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The real query database, whose sessions fail around a batch. */
public record CrashingQueries(String region, QueryDatabaseFactory real)
    implements QueryDatabaseFactory {
  private static final long serialVersionUID = 1L;

  /** Found by name, since what travels with the job graph is copied. */
  private static final Map<String, Armed> ARMED = new ConcurrentHashMap<>();

  /** A point of a batch's way. */
  public enum Point {
    /** Rows were read, and nothing of them is in the tables. */
    BEFORE_APPLY,
    /** The batch is committed, and the job does not know it. */
    AFTER_APPLY
  }

  private record Armed(Point point, AtomicInteger countdown, AtomicInteger happened) {}

  /** Fails the task that comes to the point as the n-th from here on. */
  static void arm(String region, Point point, int nth) {
    ARMED.compute(
        region,
        (name, before) ->
            new Armed(
                point,
                new AtomicInteger(nth),
                before == null ? new AtomicInteger() : before.happened));
  }

  static int happened(String region) {
    var armed = ARMED.get(region);
    return armed == null ? 0 : armed.happened.get();
  }

  private void pass(Point point) {
    var armed = ARMED.get(region);
    if (armed != null && armed.point == point && armed.countdown.decrementAndGet() == 0) {
      armed.happened.incrementAndGet();
      throw new IllegalStateException("induced failure " + point);
    }
  }

  @Override
  public QueryDatabase open() {
    return new Database(real.open());
  }

  private final class Database implements QueryDatabase {
    private final QueryDatabase realDatabase;

    Database(QueryDatabase realDatabase) {
      this.realDatabase = realDatabase;
    }

    @Override
    public QuerySession open() {
      return crashing(realDatabase.open());
    }

    @Override
    public QuerySession reopen(QuerySession lost) {
      var session = (Session) Proxy.getInvocationHandler(lost);
      return crashing(realDatabase.reopen(session.realSession));
    }

    @Override
    public void close() {
      realDatabase.close();
    }

    private QuerySession crashing(QuerySession session) {
      return (QuerySession)
          Proxy.newProxyInstance(
              QuerySession.class.getClassLoader(),
              new Class<?>[] {QuerySession.class},
              new Session(session));
    }
  }

  private final class Session implements InvocationHandler {
    private final QuerySession realSession;

    Session(QuerySession realSession) {
      this.realSession = realSession;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      var apply = method.getName().equals("apply");
      if (apply) {
        pass(Point.BEFORE_APPLY);
      }
      Object result;
      try {
        result = method.invoke(realSession, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
      if (apply) {
        pass(Point.AFTER_APPLY);
      }
      return result;
    }
  }
}

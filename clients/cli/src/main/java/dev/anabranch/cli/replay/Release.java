package dev.anabranch.cli.replay;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The domain code of one release, from its jars. */
public final class Release implements AutoCloseable {

  private final ReleaseLoader loader;
  private final Function<String, Object> folds;

  private Release(ReleaseLoader loader, Function<String, Object> folds) {
    this.loader = loader;
    this.folds = folds;
  }

  /**
   * @throws IllegalArgumentException if the jars hold no domain that can be loaded
   */
  // What is loaded there is a Function, as FoldWithin says; its own type is another class here.
  @SuppressWarnings("unchecked")
  public static Release load(List<Path> jars) {
    var loader = ReleaseLoader.of(jars);
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      var within = Class.forName(FoldWithin.class.getName(), true, loader);
      var folds = (Function<String, Object>) within.getConstructor().newInstance();
      return new Release(loader, folds);
    } catch (InvocationTargetException | LinkageError e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "the domain in " + jars + " can't be loaded: " + rootMessage(cause), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Empty: the release has no such type. */
  Optional<Fold> fold(String type) {
    return Optional.ofNullable(folds.apply(type)).map(Fold::new);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  static String rootMessage(Throwable failure) {
    var message = new StringBuilder(String.valueOf(failure.getMessage()));
    var cause = failure.getCause();
    for (var depth = 0; cause != null && depth < 5; depth++) {
      if (cause.getMessage() != null && message.indexOf(cause.getMessage()) < 0) {
        message.append(": ").append(cause.getMessage());
      }
      cause = cause.getCause();
    }
    return message.toString().replaceAll("\\s+", " ");
  }

  /** One aggregate, folded by this release. */
  @SuppressWarnings("unchecked") // as FoldWithin.Fold says
  static final class Fold {
    private final Object within;

    private Fold(Object within) {
      this.within = within;
    }

    void commit(byte[] events) {
      ((Consumer<byte[]>) within).accept(events);
    }

    byte[][] state() {
      return ((Supplier<byte[][]>) within).get();
    }

    byte[][] takeOver(byte[][] other) {
      return ((UnaryOperator<byte[][]>) within).apply(other);
    }
  }
}

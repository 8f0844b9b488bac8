package dev.anabranch.cli.replay;

import dev.anabranch.model.Outcome;
import dev.anabranch.versions.ApplicationCode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The domain code of one release, from its jars. */
public final class Release implements AutoCloseable {

  private static final int MAX_TEXT_SHOWN = 200;

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

  /** The fold of a type; empty if the release has no such type. */
  Optional<Fold> fold(String type) {
    return Optional.ofNullable(folds.apply(type)).map(Fold::new);
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }

  static String rootMessage(Throwable thrown) {
    var failure = ApplicationCode.loggable(thrown);
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

    /** Whether versions of the type are kept in a graph. */
    boolean hasGraph() {
      return ((BooleanSupplier) within).getAsBoolean();
    }

    /** Folds a row that has a dot. */
    void commit(Outcome outcome) {
      var dot = Objects.requireNonNull(outcome.dot(), "a row without a dot is no commit");
      ((Consumer<Object[]>) within)
          .accept(
              new Object[] {
                outcome.kind().code(),
                outcome.aggregate().id(),
                outcome.version(),
                outcome.commandId(),
                dot.origin().value(),
                dot.n(),
                outcome.stamp().hlc(),
                outcome.blobs().causality(),
                outcome.blobs().events()
              });
    }

    /** What the aggregate is; after it, of several concurrent versions each one. */
    List<State> states() {
      return Stream.of(((Supplier<byte[][][]>) within).get()).map(State::new).toList();
    }

    State takeOver(State other) {
      return new State(((UnaryOperator<byte[][]>) within).apply(other.parts()));
    }
  }

  /** A state as a release writes it; see {@link FoldWithin.Fold}. */
  record State(byte[][] parts) {

    /** The dot of one of several concurrent versions, or empty for what the aggregate is. */
    String which() {
      return new String(parts[0], StandardCharsets.UTF_8);
    }

    boolean hasBytesOf(State other) {
      return Arrays.equals(parts[3], other.parts[3]);
    }

    /** For messages. */
    String text() {
      var text = new String(parts[3], StandardCharsets.UTF_8);
      return text.length() > MAX_TEXT_SHOWN ? text.substring(0, MAX_TEXT_SHOWN) + "…" : text;
    }
  }
}

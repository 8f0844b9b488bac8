package dev.anabranch.benchmarks.measure;

/** The run did not do what it claims to have done: its figures do not count. */
public final class IncorrectException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public IncorrectException(String message) {
    super(message);
  }
}

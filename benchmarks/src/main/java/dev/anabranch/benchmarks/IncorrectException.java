package dev.anabranch.benchmarks;

/** The run did not do what it claims to have done: its figures do not count. */
final class IncorrectException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  IncorrectException(String message) {
    super(message);
  }
}

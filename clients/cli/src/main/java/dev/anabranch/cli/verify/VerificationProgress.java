package dev.anabranch.cli.verify;

/** Is told how far a verification is, for every row: it must be quick. */
@FunctionalInterface
public interface VerificationProgress {

  VerificationProgress NONE = (phase, done, total) -> {};

  /** What is being read. */
  enum Phase {
    TOPIC,
    STORE
  }

  /**
   * So many rows were read.
   *
   * @param total -1: not known
   */
  void at(Phase phase, long done, long total);
}

package dev.anabranch.benchmarks.load;

/** What load is put on. Used by one load generator. */
public interface Target extends AutoCloseable {

  /** Makes the next request; not yet under way. */
  Request next();

  /** Puts the request under way; any thread completes it. */
  void submit(Request request);

  /** Throws if what is behind the target has failed. */
  void requireAlive();

  @Override
  void close() throws Exception;
}

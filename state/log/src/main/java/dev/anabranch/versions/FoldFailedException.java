package dev.anabranch.versions;

/**
 * The application's code can't make a state of stored commits: an event can't be read or folded, or
 * a resolver threw, or is not registered any more. It concerns one aggregate, and its message says
 * all there is to say.
 */
public final class FoldFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FoldFailedException(String problem) {
    super(problem);
  }
}

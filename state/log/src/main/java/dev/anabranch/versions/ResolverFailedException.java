package dev.anabranch.versions;

import dev.anabranch.api.LiveVersion;
import java.util.List;

/**
 * A resolver threw, or is not registered any more. Concerns one aggregate, which becomes an open
 * conflict or, if a commit's own parents can't be resolved, is parked as broken; all others go on.
 */
public final class ResolverFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ResolverFailedException(String problem, List<? extends LiveVersion<?>> versions) {
    super(message(problem, versions));
  }

  ResolverFailedException(
      String problem, List<? extends LiveVersion<?>> versions, RuntimeException cause) {
    super(message(problem, versions), cause);
  }

  private static String message(String problem, List<? extends LiveVersion<?>> versions) {
    return problem + "; versions " + versions.stream().map(v -> v.dot().toString()).toList();
  }
}

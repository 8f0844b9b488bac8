package dev.anabranch.jobs.config;

import java.util.List;
import java.util.stream.Collectors;

/** The options are wrong; the message lists every mistake, and shows no secret. */
public final class InvalidOptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidOptionsException(List<OptionProblem> problems) {
    super(
        (problems.size() == 1 ? "One option is" : problems.size() + " options are")
            + " wrong:\n  "
            + problems.stream().map(OptionProblem::toString).collect(Collectors.joining("\n  ")));
  }
}

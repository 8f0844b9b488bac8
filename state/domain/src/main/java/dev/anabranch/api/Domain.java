package dev.anabranch.api;

import java.util.List;

/**
 * The aggregate types of an application; the jobs find implementations by {@link
 * java.util.ServiceLoader}. Needs a public constructor without arguments.
 */
public interface Domain {

  /** Each type once; names are unique over all domains of a job. */
  List<AggregateType<?, ?, ?>> aggregateTypes();
}

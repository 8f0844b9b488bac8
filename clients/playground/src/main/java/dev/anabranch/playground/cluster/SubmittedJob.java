package dev.anabranch.playground.cluster;

import java.util.List;

/**
 * The job that a cluster is to run.
 *
 * @param id Flink's; empty: not yet known
 * @param jar a copy, so that a build that overwrites the original does not take the way back away
 * @param domainJars beside it on the job's class path
 * @param parallelism 0: what the scheduler gives
 * @param startedFrom a savepoint, a checkpoint, or empty
 */
record SubmittedJob(
    String id, String jar, List<String> domainJars, int parallelism, String startedFrom) {

  SubmittedJob withId(String newId) {
    return new SubmittedJob(newId, jar, domainJars, parallelism, startedFrom);
  }

  SubmittedJob from(String place) {
    return new SubmittedJob(id, jar, domainJars, parallelism, place);
  }

  SubmittedJob withParallelism(int count) {
    return new SubmittedJob(id, jar, domainJars, count, startedFrom);
  }
}

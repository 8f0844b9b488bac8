package dev.anabranch.jobs;

/**
 * Operator uids. They are part of the savepoint format: never change or reuse one. A golden file,
 * {@code uids-and-states.txt} in the tests, holds them with the names of the states.
 */
final class Uids {

  static final String COMMAND_SOURCE = "command-source";
  static final String INBOUND_SOURCE = "inbound-source";
  static final String COMMANDS = "commands";
  static final String EVENTS = "events";
  static final String REPLIES = "replies";
  static final String DEAD_LETTERS = "dead-letters";

  // Of the projection job; its golden file is projection-uids-and-states.txt.
  static final String EVENT_SOURCE = "event-source";
  static final String PROJECTIONS = "projections";
  static final String PROJECTIONS_END = "projections-end";

  // Of the cross-region job; its golden file is cross-region-uids-and-states.txt.
  static final String REPLICATION = "replication";
  static final String INBOUND = "inbound";
  static final String VIEWS = "views";
  static final String CONFLICTS = "conflicts";
  static final String CONFLICT_TABLE = "conflict-table";
  static final String REPLICATION_DEAD_LETTERS = "replication-dead-letters";

  static final String LOG_WATCH = "log-watch";

  static final String REPUBLISH = "republish";
  static final String REPUBLISHED = "republished-events";
  static final String REPUBLISH_REQUESTS = "republish-requests";

  private Uids() {}

  /** The uid of the source that reads a region's log: a peer may come and go, the others stay. */
  static String logSource(String region) {
    return "log-source-" + region;
  }

  /** The uid of the source that reads what a region asks to be published again. */
  static String requestSource(String region) {
    return "request-source-" + region;
  }

  /** The uid of what reads the records of that source. */
  static String intake(String region) {
    return "intake-" + region;
  }
}

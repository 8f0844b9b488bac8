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

  static final String EVENT_SOURCE = "event-source";
  static final String PROJECTIONS = "projections";
  static final String PROJECTIONS_END = "projections-end";

  private Uids() {}
}

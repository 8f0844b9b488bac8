package dev.anabranch.operators.command;

import dev.anabranch.model.RowKind;
import dev.anabranch.model.message.ReplyStatus;

/** What the operator counts and measures; called on the task's thread only. */
interface CommandCounts {

  void commandIn();

  /** A command's outcome became durable. */
  void outcome(RowKind kind);

  /** A command was answered from the row of its original. */
  void repeated();

  /** A command was answered without a row. */
  void unbacked(ReplyStatus status);

  void appended(int rows, long nanos);

  void fenced();

  void tailRows(int rows);

  /** Another region's commit passed the gate. */
  void remoteIn();

  /** Another region's commit came before something that it depends on. */
  void remoteHeld();

  /** Another region's commit came too early, and could not be kept. */
  void remoteRefused();

  /** Another region's commit came again. */
  void remoteRepeated();

  /** Another region's commit is not applied, since its region is not named. */
  void remoteUnnamed();
}

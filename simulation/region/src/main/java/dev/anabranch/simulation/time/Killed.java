package dev.anabranch.simulation.time;

/** The machine of this thread is gone; nothing that the thread does counts any more. */
public final class Killed extends Error {
  private static final long serialVersionUID = 1L;

  Killed() {
    super("the machine is gone", null, false, false);
  }
}

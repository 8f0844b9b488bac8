package dev.anabranch.simulation.time;

/**
 * What dies at once: a process with its threads.
 *
 * <p><b>Failure.</b> Threads of a dead machine end with {@link Killed} where they would go on.
 */
public final class SimulatedMachine {

  private final String name;
  private final long clockMicros;
  private boolean isDead;

  /**
   * A machine that lives.
   *
   * @param clockMicros how far its clock is ahead of the true time
   */
  public SimulatedMachine(String name, long clockMicros) {
    this.name = name;
    this.clockMicros = clockMicros;
  }

  public String name() {
    return name;
  }

  long clockMicros() {
    return clockMicros;
  }

  public boolean isDead() {
    return isDead;
  }

  public void kill() {
    isDead = true;
  }
}

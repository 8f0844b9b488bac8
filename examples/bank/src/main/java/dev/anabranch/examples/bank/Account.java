package dev.anabranch.examples.bank;

/**
 * An account as its events made it.
 *
 * @param owner empty: never opened
 * @param balance in minor units, never negative
 */
public record Account(String owner, long balance, Status status) {

  /** Where an account is in its life. */
  public enum Status {
    NEW,
    OPEN,
    CLOSED
  }

  static final Account NONE = new Account("", 0, Status.NEW);

  boolean isOpen() {
    return status == Status.OPEN;
  }

  Account withBalance(long newBalance) {
    return new Account(owner, newBalance, status);
  }
}

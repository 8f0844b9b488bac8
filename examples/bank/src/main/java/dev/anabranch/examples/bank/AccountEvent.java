package dev.anabranch.examples.bank;

/** What has happened to an account. */
public sealed interface AccountEvent {

  record AccountOpened(String owner) implements AccountEvent {}

  record MoneyDeposited(long amount) implements AccountEvent {}

  record MoneyWithdrawn(long amount) implements AccountEvent {}

  record AccountClosed() implements AccountEvent {}
}

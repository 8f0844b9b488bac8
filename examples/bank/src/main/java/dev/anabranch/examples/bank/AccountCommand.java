package dev.anabranch.examples.bank;

/** What can be asked of an account. Amounts are in minor units of its currency, e.g. cents. */
public sealed interface AccountCommand {

  record OpenAccount(String owner) implements AccountCommand {}

  record Deposit(long amount) implements AccountCommand {}

  record Withdraw(long amount) implements AccountCommand {}

  record CloseAccount() implements AccountCommand {}
}

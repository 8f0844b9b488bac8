package com.example.members;

/** What a member, or somebody for them, may ask for. {@code GrantBonus} is retired. */
public sealed interface MemberCommand {

  record JoinProgram(String name) implements MemberCommand {}

  record EarnPoints(long points) implements MemberCommand {}

  record SpendPoints(long points) implements MemberCommand {}

  /** One point for each full unit of money. */
  record RecordPurchase(long cents) implements MemberCommand {}
}

package com.example.members;

/**
 * What has happened to a member. Release 1 called {@code PointsRedeemed} PointsSpent, and had
 * PurchaseRecorded for {@code PurchaseMade} and {@code PointsEarned} together.
 */
public sealed interface MemberEvent {

  record MemberJoined(String name) implements MemberEvent {}

  record PointsEarned(long points) implements MemberEvent {}

  record PointsRedeemed(long points) implements MemberEvent {}

  record PurchaseMade(long cents) implements MemberEvent {}

  /** Its command is retired; what has happened stays. */
  record BonusGranted(long points) implements MemberEvent {}
}

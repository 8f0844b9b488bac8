package com.example.members;

/** What has happened to a member. */
public sealed interface MemberEvent {

  record MemberJoined(String name) implements MemberEvent {}

  record PointsEarned(long points) implements MemberEvent {}

  record PointsSpent(long points) implements MemberEvent {}

  record PurchaseRecorded(long cents, long points) implements MemberEvent {}

  record BonusGranted(long points) implements MemberEvent {}
}

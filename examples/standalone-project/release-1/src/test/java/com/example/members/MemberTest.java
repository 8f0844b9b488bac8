package com.example.members;

import com.example.members.MemberCommand.RecordPurchase;
import com.example.members.MemberCommand.SpendPoints;
import com.example.members.MemberEvent.MemberJoined;
import com.example.members.MemberEvent.PointsEarned;
import com.example.members.MemberEvent.PointsSpent;
import com.example.members.MemberEvent.PurchaseRecorded;
import dev.anabranch.testkit.DomainFixture;
import org.junit.jupiter.api.Test;

/** The rules, without Flink. */
class MemberTest {

  private final DomainFixture<Member, MemberCommand, MemberEvent> joined =
      DomainFixture.of(MembersDomain.MEMBER).given(new MemberJoined("Ann"));

  @Test
  void spendsNoMoreThanItHas() {
    var member = joined.given(new PointsEarned(100));

    member.when(new SpendPoints(100)).expectEvents(new PointsSpent(100));
    member.when(new SpendPoints(101)).expectRejection("insufficient-points");
  }

  @Test
  void aPurchaseEarnsAPointForEachUnit() {
    joined
        .when(new RecordPurchase(1_999))
        .expectEvents(new PurchaseRecorded(1_999, 19))
        .expectResult(new Points(19));
  }
}

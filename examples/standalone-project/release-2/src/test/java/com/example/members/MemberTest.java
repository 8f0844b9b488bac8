package com.example.members;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.members.MemberCommand.RecordPurchase;
import com.example.members.MemberCommand.SpendPoints;
import com.example.members.MemberEvent.MemberJoined;
import com.example.members.MemberEvent.PointsEarned;
import com.example.members.MemberEvent.PointsRedeemed;
import com.example.members.MemberEvent.PurchaseMade;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.testkit.DomainFixture;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The rules, and what release 1 stored. */
class MemberTest {

  private final DomainFixture<Member, MemberCommand, MemberEvent> joined =
      DomainFixture.of(MembersDomain.MEMBER).given(new MemberJoined("Ann"));

  @Test
  void aPurchaseIsAnEventOfItsOwn() {
    joined
        .when(new RecordPurchase(1_999))
        .expectEvents(new PurchaseMade(1_999), new PointsEarned(19));
  }

  @Test
  void readsTheEventsOfReleaseOne() {
    joined
        .givenStored(
            json("PurchaseRecorded", "{\"cents\":20000000,\"points\":200000}"),
            json("PointsSpent", "{\"points\":50}"))
        .when(new SpendPoints(10))
        .expectEvents(new PointsRedeemed(10))
        .expectState(new Member("Ann", 200_000, 60, Member.Tier.GOLD));
  }

  @Test
  void takesOverTheStateOfReleaseOne() {
    assertEquals(
        new Member("Ann", 100_000, 7, Member.Tier.GOLD),
        MembersDomain.MEMBER.decodeState(
            json("Member", "{\"name\":\"Ann\",\"earned\":100000,\"spent\":7}")));
  }

  private static EncodedMessage json(String type, String json) {
    return new EncodedMessage(type, 1, json.getBytes(StandardCharsets.UTF_8));
  }
}

package com.example.members;

import com.example.members.MemberCommand.EarnPoints;
import com.example.members.MemberCommand.JoinProgram;
import com.example.members.MemberCommand.RecordPurchase;
import com.example.members.MemberCommand.SpendPoints;
import com.example.members.MemberEvent.BonusGranted;
import com.example.members.MemberEvent.MemberJoined;
import com.example.members.MemberEvent.PointsEarned;
import com.example.members.MemberEvent.PointsRedeemed;
import com.example.members.MemberEvent.PurchaseMade;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonResults;
import dev.anabranch.codec.JsonUpcaster;
import java.util.List;

/** The program: members. */
public final class MembersDomain implements Domain {

  /** Members, under the type name that their keys and rows carry. */
  public static final AggregateType<Member, MemberCommand, MemberEvent> MEMBER =
      AggregateType.named("Member", new MemberDecider())
          .commands(
              JsonCodec.<MemberCommand>builder()
                  .type("JoinProgram", 1, JoinProgram.class)
                  .type("EarnPoints", 1, EarnPoints.class)
                  .type("SpendPoints", 1, SpendPoints.class)
                  .type("RecordPurchase", 1, RecordPurchase.class)
                  .build())
          .events(
              JsonCodec.<MemberEvent>builder()
                  .type("MemberJoined", 1, MemberJoined.class)
                  .type("PointsEarned", 1, PointsEarned.class)
                  .type("PointsRedeemed", 1, PointsRedeemed.class)
                  .type("PurchaseMade", 1, PurchaseMade.class)
                  .type("BonusGranted", 1, BonusGranted.class)
                  .build(),
              purchaseEarnedPoints(),
              spentBecameRedeemed())
          .state(JsonCodec.single("Member", 2, Member.class), tierFromPoints())
          .results(JsonResults.CONTENT_TYPE, JsonResults::encode)
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(MEMBER);
  }

  /** A new name for the same event. */
  private static JsonUpcaster spentBecameRedeemed() {
    return JsonUpcaster.of("PointsSpent", 1, "PointsRedeemed", 1, event -> event);
  }

  /** One event of release 1 is two. */
  private static JsonUpcaster purchaseEarnedPoints() {
    return JsonUpcaster.split(
        "PurchaseRecorded",
        1,
        event -> {
          var earned = JsonNodeFactory.instance.objectNode();
          earned.set("points", event.remove("points"));
          return List.of(
              new JsonUpcaster.Part("PurchaseMade", 1, event),
              new JsonUpcaster.Part("PointsEarned", 1, earned));
        });
  }

  /** A new field of the state, for members in a savepoint of release 1. */
  private static JsonUpcaster tierFromPoints() {
    return JsonUpcaster.of(
        "Member",
        1,
        2,
        member -> member.put("tier", Member.Tier.of(member.path("earned").longValue()).name()));
  }
}

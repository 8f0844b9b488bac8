package com.example.members;

import com.example.members.MemberCommand.EarnPoints;
import com.example.members.MemberCommand.GrantBonus;
import com.example.members.MemberCommand.JoinProgram;
import com.example.members.MemberCommand.RecordPurchase;
import com.example.members.MemberCommand.SpendPoints;
import com.example.members.MemberEvent.BonusGranted;
import com.example.members.MemberEvent.MemberJoined;
import com.example.members.MemberEvent.PointsEarned;
import com.example.members.MemberEvent.PointsSpent;
import com.example.members.MemberEvent.PurchaseRecorded;
import dev.anabranch.api.AggregateType;
import dev.anabranch.api.Domain;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.codec.JsonResults;
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
                  .type("GrantBonus", 1, GrantBonus.class)
                  .build())
          .events(
              JsonCodec.<MemberEvent>builder()
                  .type("MemberJoined", 1, MemberJoined.class)
                  .type("PointsEarned", 1, PointsEarned.class)
                  .type("PointsSpent", 1, PointsSpent.class)
                  .type("PurchaseRecorded", 1, PurchaseRecorded.class)
                  .type("BonusGranted", 1, BonusGranted.class)
                  .build())
          .state(JsonCodec.single("Member", 1, Member.class))
          .results(JsonResults.CONTENT_TYPE, JsonResults::encode)
          .build();

  @Override
  public List<AggregateType<?, ?, ?>> aggregateTypes() {
    return List.of(MEMBER);
  }
}

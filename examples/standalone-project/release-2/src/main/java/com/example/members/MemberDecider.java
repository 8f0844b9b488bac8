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
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import java.util.List;

/** The rules of the program. */
public final class MemberDecider implements Decider<Member, MemberCommand, MemberEvent> {

  @Override
  public Member initialState() {
    return Member.NONE;
  }

  @Override
  public Decision<MemberEvent> decide(
      Member member, MemberCommand command, DecisionContext context) {
    if (command instanceof JoinProgram join) {
      return member.hasJoined()
          ? Decision.rejected("already-joined", "the member has joined before")
          : Decision.accepted(new MemberJoined(join.name()));
    }
    if (!member.hasJoined()) {
      return Decision.rejected("not-joined", "join the program first");
    }
    if (command instanceof EarnPoints earn) {
      return changed(member.points() + earn.points(), new PointsEarned(earn.points()));
    }
    if (command instanceof SpendPoints spend) {
      return member.points() < spend.points()
          ? Decision.rejected("insufficient-points", "there are only " + member.points())
          : changed(member.points() - spend.points(), new PointsRedeemed(spend.points()));
    }
    if (command instanceof RecordPurchase purchase) {
      var points = purchase.cents() / 100;
      return changed(
          member.points() + points, new PurchaseMade(purchase.cents()), new PointsEarned(points));
    }
    throw new IllegalArgumentException("no rule for " + command);
  }

  @Override
  public Member evolve(Member member, MemberEvent event) {
    if (event instanceof MemberJoined joined) {
      return new Member(joined.name(), 0, 0, Member.Tier.BASIC);
    }
    if (event instanceof PointsEarned earned) {
      return member.earning(earned.points());
    }
    if (event instanceof PointsRedeemed redeemed) {
      return member.redeeming(redeemed.points());
    }
    if (event instanceof PurchaseMade) {
      return member;
    }
    if (event instanceof BonusGranted bonus) {
      return member.earning(bonus.points());
    }
    throw new IllegalArgumentException("no fold for " + event);
  }

  private static Decision<MemberEvent> changed(long points, MemberEvent... events) {
    return Decision.acceptedWithResult(new Points(points), List.of(events));
  }
}

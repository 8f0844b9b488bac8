package com.example.members;

/**
 * A member of the program.
 *
 * @param name empty: has not joined
 * @param earned points, ever
 * @param spent points, ever
 * @param tier what the earned points make; release 1 did not have it
 */
public record Member(String name, long earned, long spent, Tier tier) {

  /** What a member is to the program. */
  public enum Tier {
    BASIC,
    GOLD;

    private static final long GOLD_FROM = 100_000;

    static Tier of(long earned) {
      return earned >= GOLD_FROM ? GOLD : BASIC;
    }
  }

  static final Member NONE = new Member("", 0, 0, Tier.BASIC);

  boolean hasJoined() {
    return !name.isEmpty();
  }

  long points() {
    return earned - spent;
  }

  Member earning(long points) {
    return new Member(name, earned + points, spent, Tier.of(earned + points));
  }

  Member redeeming(long points) {
    return new Member(name, earned, spent + points, tier);
  }
}

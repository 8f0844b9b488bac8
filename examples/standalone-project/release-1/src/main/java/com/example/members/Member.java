package com.example.members;

/**
 * A member of the program.
 *
 * @param name empty: has not joined
 * @param earned points, ever
 * @param spent points, ever
 */
public record Member(String name, long earned, long spent) {

  static final Member NONE = new Member("", 0, 0);

  boolean hasJoined() {
    return !name.isEmpty();
  }

  long points() {
    return earned - spent;
  }

  Member earning(long points) {
    return new Member(name, earned + points, spent);
  }

  Member spending(long points) {
    return new Member(name, earned, spent + points);
  }
}

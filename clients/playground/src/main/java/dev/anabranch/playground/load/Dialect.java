package dev.anabranch.playground.load;

import dev.anabranch.api.EncodedMessage;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * The commands of a domain whose aggregates hold an amount that is added to and taken from, and
 * never falls below zero.
 *
 * @param aggregateType name of the type
 * @param open command that comes first, as its name and JSON
 * @param add command that adds
 * @param take command that takes, and is rejected if there is not enough
 * @param amountField of both
 * @param totalField of the results, what is left
 */
public record Dialect(
    String aggregateType,
    String open,
    String openJson,
    String add,
    String take,
    String amountField,
    String totalField) {

  /** The bank example. */
  private static final Dialect BANK =
      new Dialect(
          "Account",
          "OpenAccount",
          "{\"owner\":\"load\"}",
          "Deposit",
          "Withdraw",
          "amount",
          "balance");

  /** The standalone example project. */
  private static final Dialect MEMBERS =
      new Dialect(
          "Member",
          "JoinProgram",
          "{\"name\":\"load\"}",
          "EarnPoints",
          "SpendPoints",
          "points",
          "points");

  private static final Map<String, Dialect> ALL = Map.of("bank", BANK, "members", MEMBERS);

  /**
   * By name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Dialect named(String name) {
    var dialect = ALL.get(name.toLowerCase(Locale.ROOT));
    if (dialect == null) {
      throw new IllegalArgumentException(
          "no load is known for domain "
              + name
              + "; there are "
              + ALL.keySet().stream().sorted().toList());
    }
    return dialect;
  }

  EncodedMessage opening() {
    return message(open, openJson);
  }

  EncodedMessage adding(int amount) {
    return message(add, json(amount));
  }

  EncodedMessage taking(int amount) {
    return message(take, json(amount));
  }

  private String json(int amount) {
    return "{\"" + amountField + "\":" + amount + "}";
  }

  private static EncodedMessage message(String type, String json) {
    return new EncodedMessage(type, 1, json.getBytes(StandardCharsets.UTF_8));
  }
}

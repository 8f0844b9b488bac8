package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Table;
import dev.anabranch.client.Command;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CancelOrder;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrderCommand.RemoveItem;
import dev.anabranch.examples.orders.OrdersDomain;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.ReplyStatus;
import java.util.List;
import java.util.Set;

/**
 * Two orders are edited on both sides of a cut link: one is merged by its policy, of the other a
 * person chooses a version. Everything is shown as each region's own topics have it.
 */
final class CutStory {

  private static final AggregateKey WEB = new AggregateKey(OrdersDomain.WEB_ORDER.name(), "web-1");
  private static final AggregateKey CONTRACT =
      new AggregateKey(OrdersDomain.CONTRACT_ORDER.name(), "c-1");

  private final DemoRegions regions;
  private final RegionLinks links;
  private final DemoScreen screen;
  private final Narrator narrator;
  private final RegionViews views;

  CutStory(DemoRegions regions, RegionLinks links, DemoScreen screen, Narrator narrator) {
    this.regions = regions;
    this.links = links;
    this.screen = screen;
    this.narrator = narrator;
    this.views = new RegionViews(screen, regions.all(), List.of(WEB, CONTRACT));
  }

  void tell() {
    screen.heading(
        "Regions " + String.join(", ", regions.topology().regions()) + ": one order, two places");
    create();
    editApart();
    meet();
    choose();
  }

  private void create() {
    var near = regions.first();
    accepted(near, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new CreateOrder("Ada")));
    accepted(near, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new AddItem("tea")));
    accepted(near, Command.of(OrdersDomain.CONTRACT_ORDER, CONTRACT.id(), new CreateOrder("Bob")));
    var seconds =
        views.awaitAgreement(
            "all regions have both orders", all -> hasItem(all, "tea") && commits(CONTRACT) == 1);
    screen.step("all regions have both orders, %.1f s later", seconds);
  }

  /** Each side goes on by itself. */
  private void editApart() {
    var near = regions.first();
    var far = regions.last();
    var farSide = regions.topology().farSide();
    links.cut(regions.topology().between(farSide));
    screen.line("");
    screen.step("CUT: no byte passes between %s and the others", String.join(", ", farSide));
    accepted(near, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new AddItem("lamp")));
    accepted(far, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new AddItem("desk")));
    accepted(far, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new RemoveItem("tea")));
    accepted(
        near, Command.of(OrdersDomain.CONTRACT_ORDER, CONTRACT.id(), new AddItem("12 months")));
    accepted(
        far, Command.of(OrdersDomain.CONTRACT_ORDER, CONTRACT.id(), new CancelOrder("too dear")));
    views.await(
        "each side shows what it has",
        () ->
            regions.all().stream()
                .allMatch(
                    region ->
                        RegionViews.text(views.of(region.name(), WEB))
                                .contains(farSide.contains(region.name()) ? "desk" : "lamp")
                            && sum(region.name(), CONTRACT) == 2));
    showBoth();
  }

  private void meet() {
    var start = System.nanoTime();
    links.heal();
    screen.line("");
    screen.step("HEALED: the link is back");
    views.awaitAgreement(
        "all regions show the same", all -> commits(WEB) == 5 && commits(CONTRACT) == 3);
    screen.step(
        "all regions show the same, %.1f s after it: %s is merged by its policy, %s waits for a"
            + " person",
        (System.nanoTime() - start) / 1e9, WEB, CONTRACT);
    showBoth();
    var web = RegionViews.text(views.of(regions.last().name(), WEB));
    expect(
        web.contains("lamp") && web.contains("desk") && !web.contains("tea"),
        WEB + " has what both sides did");
    expect(views.of(regions.last().name(), CONTRACT).conflict(), CONTRACT + " is an open conflict");
  }

  private void choose() {
    var near = regions.first();
    var far = regions.last();
    screen.line("");
    var unused =
        narrator.sent(
            near,
            Command.of(OrdersDomain.CONTRACT_ORDER, CONTRACT.id(), new AddItem("support")),
            Set.of(ReplyStatus.REJECTED));
    narrator.run(far, "conflicts", "list", "--all");
    narrator.run(far, "conflicts", "show", CONTRACT.toString());
    var winner =
        views.of(far.name(), CONTRACT).live().stream()
            .filter(version -> version.dot().origin().value().equals(near.name()))
            .findFirst()
            .orElseThrow();
    narrator.run(
        far,
        "conflicts",
        "resolve",
        CONTRACT.toString(),
        "--winner",
        winner.dot().toString(),
        "--why",
        "Bob called: he wants it");
    var seconds =
        views.awaitAgreement(
            "all regions have the choice",
            all -> !all.of(near.name(), CONTRACT).conflict() && commits(CONTRACT) == 4);
    screen.step("all regions have the choice, %.1f s later", seconds);
    accepted(near, Command.of(OrdersDomain.CONTRACT_ORDER, CONTRACT.id(), new AddItem("support")));
    accepted(far, Command.of(OrdersDomain.WEB_ORDER, WEB.id(), new AddItem("chair")));
    var again =
        views.awaitAgreement(
            "all regions show the same", all -> commits(WEB) == 6 && commits(CONTRACT) == 5);
    screen.step("all regions show the same again, %.1f s later", again);
    showBoth();
    var contract = RegionViews.text(views.of(far.name(), CONTRACT));
    expect(
        contract.contains("12 months")
            && contract.contains("support")
            && contract.contains("\"cancelled\":false"),
        CONTRACT + " goes on from the version that was chosen");
  }

  // -- What is sent and shown.

  private void accepted(DemoRegion region, Command command) {
    narrator.accepted(region, command);
  }

  private void showBoth() {
    var table = new Table("REGION", "ORDER", "AS THE REGION SHOWS IT");
    for (var key : List.of(WEB, CONTRACT)) {
      for (var region : regions.all()) {
        table.row(region.name(), key.toString(), RegionViews.text(views.of(region.name(), key)));
      }
    }
    screen.print(out -> table.print(out, screen.style()));
  }

  private void expect(boolean holds, String what) {
    narrator.expect(holds, what);
  }

  private static boolean hasItem(RegionViews views, String item) {
    return views.all(WEB).stream().allMatch(view -> RegionViews.text(view).contains(item));
  }

  /** How many commits the region that shows least of it has. */
  private long commits(AggregateKey key) {
    return regions.all().stream().mapToLong(region -> sum(region.name(), key)).min().orElse(0);
  }

  private long sum(String region, AggregateKey key) {
    return views.of(region, key).revision().entries().values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}

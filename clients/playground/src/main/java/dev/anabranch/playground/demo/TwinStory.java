package dev.anabranch.playground.demo;

import dev.anabranch.client.Command;
import dev.anabranch.embedded.RegionLinks;
import dev.anabranch.examples.orders.OrderCommand.AddItem;
import dev.anabranch.examples.orders.OrderCommand.CreateOrder;
import dev.anabranch.examples.orders.OrdersDomain;
import dev.anabranch.model.AggregateKey;
import dev.anabranch.model.message.ReplyStatus;
import java.util.List;
import java.util.Set;

/**
 * A client gives up on one region and sends the same command, under the same id, to another region.
 * Both accept it, since the link between them is cut. Afterwards one of the two commits counts, in
 * both regions.
 */
final class TwinStory {

  private static final AggregateKey ORDER =
      new AggregateKey(OrdersDomain.WEB_ORDER.name(), "web-2");

  private final DemoRegions regions;
  private final RegionLinks links;
  private final DemoScreen screen;
  private final Narrator narrator;
  private final RegionViews views;

  TwinStory(DemoRegions regions, RegionLinks links, DemoScreen screen, Narrator narrator) {
    this.regions = regions;
    this.links = links;
    this.screen = screen;
    this.narrator = narrator;
    this.views = new RegionViews(screen, regions.all(), List.of(ORDER));
  }

  void tell() {
    var near = regions.first();
    var far = regions.last();
    screen.heading("One command, accepted in " + near.name() + " and in " + far.name());
    narrator.accepted(near, Command.of(OrdersDomain.WEB_ORDER, ORDER.id(), new CreateOrder("Eve")));
    views.awaitAgreement("all regions have the order", all -> items().isEmpty());
    var farSide = regions.topology().farSide();
    links.cut(regions.topology().between(farSide));
    screen.step("CUT: no byte passes between %s and the others", String.join(", ", farSide));
    var command =
        Command.of(OrdersDomain.WEB_ORDER, ORDER.id(), new AddItem("globe"))
            .withCommandId("twin-1");
    narrator.accepted(near, command);
    narrator.accepted(far, command);
    links.heal();
    screen.step("HEALED: the link is back");
    var seconds =
        views.awaitAgreement(
            "the later commit is void in all regions",
            all -> all.all(ORDER).stream().allMatch(view -> view.voided().size() == 1));
    screen.step(
        "%.1f s later all regions show one globe: commit %s does not count",
        seconds, views.of(far.name(), ORDER).voided().get(0).dot());
    narrator.expect(items().equals("globe"), ORDER + " has the globe once");
    var again = narrator.sent(far, command, Set.of(ReplyStatus.ACCEPTED));
    narrator.expect(
        again.repeated(), "the answer to the repeat is that of the outcome that counts");
  }

  /** The items that the last region shows. */
  private String items() {
    var text = RegionViews.text(views.of(regions.last().name(), ORDER));
    return text.replaceAll(".*\"items\":\\[([^\\]]*)].*", "$1").replace("\"", "");
  }
}

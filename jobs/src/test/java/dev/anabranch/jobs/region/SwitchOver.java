package dev.anabranch.jobs.region;

import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.ProjectionTables;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.query.VersionId;
import java.util.Arrays;

/** What {@code anabranch projections switch} does, as a program that can be killed on the way. */
public final class SwitchOver {

  private SwitchOver() {}

  /** The projection, the version, then the options of the region. */
  public static void main(String[] args) {
    var version = new VersionId(args[0], Integer.parseInt(args[1]));
    var options = ProjectionJobOptions.fromArgs(Arrays.copyOfRange(args, 2, args.length));
    try (var store = new MySqlEventStoreFactory(options.store().config()).open()) {
      new ProjectionTables(options.query().config(), QueryOwner.of(store.layout()))
          .switchTo(version);
    }
  }
}

package dev.anabranch.jobs.region;

import dev.anabranch.client.Command;
import dev.anabranch.testkit.sample.SharedDomain;

/** Commands of {@link SharedDomain}. */
public final class SharedCommands {

  private SharedCommands() {}

  /** A command for an aggregate, {@code Type/id}. */
  public static Command command(String aggregate, String text) {
    var slash = aggregate.indexOf('/');
    var type = SharedDomain.type(aggregate.substring(0, slash));
    return Command.of(type, aggregate.substring(slash + 1), text);
  }
}

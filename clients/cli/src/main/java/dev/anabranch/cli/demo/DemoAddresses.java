package dev.anabranch.cli.demo;

import dev.anabranch.cli.text.Style;
import dev.anabranch.jobs.CommandJobOptions;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Where the running parts are, and what to try with them. */
final class DemoAddresses {

  private DemoAddresses() {}

  static void print(
      PrintWriter out,
      Style style,
      CommandJobOptions region,
      DemoServers servers,
      DemoJob job,
      Path config) {
    out.println();
    out.println(style.bold("The region keeps running until Ctrl-C (or the end of the input):"));
    out.println("  Kafka      " + servers.bootstrapServers());
    out.println(
        "             topics "
            + region.commands().topic()
            + ", "
            + region.events().topic()
            + ", "
            + region.replies().topic()
            + ", "
            + region.deadLetters().topic());
    for (var name : DemoServers.DATABASES) {
      var database = servers.database(name);
      out.println("  Database   " + servers.jdbcUrl(name));
      out.println(
          "             mysql -h127.0.0.1 -P"
              + database.port()
              + " -u"
              + database.user()
              + " -p"
              + database.password()
              + " anabranch");
    }
    var queries = servers.database(DemoServers.QUERY_DATABASE);
    out.println("  Tables     " + servers.queryUrl());
    out.println(
        "             mysql -h127.0.0.1 -P"
            + queries.port()
            + " -u"
            + queries.user()
            + " -p"
            + queries.password()
            + " queries -e 'SELECT * FROM balances LIMIT 5'");
    out.println("  Flink      " + job.webAddress());
    out.println("  Config     " + config);
    out.println("  Log        " + config.resolveSibling("demo.log"));
    out.println();
    out.println(style.bold("Try, in another terminal:"));
    out.println("  export ANABRANCH_CONFIG=" + config);
    out.println("  anabranch history Account/ada");
    out.println("  anabranch state Account/ada --version 2");
    out.println("  anabranch send Account/ada Deposit '{\"amount\":500}' --id my-1");
    out.println("  anabranch send Account/ada Deposit '{\"amount\":500}' --id my-1   # again");
    out.println("  anabranch projections list");
    out.println("  anabranch verify");
    out.println();
  }
}

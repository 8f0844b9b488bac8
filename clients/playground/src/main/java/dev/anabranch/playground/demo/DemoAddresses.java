package dev.anabranch.playground.demo;

import dev.anabranch.cli.text.Style;
import dev.anabranch.embedded.EmbeddedDatabase;
import java.io.PrintWriter;

/** Where the running parts are, and what to try with them. */
final class DemoAddresses {

  private DemoAddresses() {}

  static void print(PrintWriter out, Style style, DemoRegions regions) {
    out.println();
    out.println(
        style.bold(
            regions.all().size() == 1
                ? "The region keeps running until Ctrl-C (or the end of the input):"
                : "The regions keep running until Ctrl-C (or the end of the input):"));
    for (var region : regions.all()) {
      print(out, style, region);
    }
    var first = regions.first();
    var queries = first.servers().database(DemoServers.QUERY_DATABASE);
    out.println("  Tables     " + first.servers().queryUrl());
    out.println("             " + mysql(queries) + " queries -e 'SELECT * FROM balances LIMIT 5'");
    out.println("  Log        " + first.config().resolveSibling("demo.log"));
    out.println();
    out.println(style.bold("Try, in another terminal:"));
    out.println("  export ANABRANCH_CONFIG=" + first.config());
    out.println("  anabranch history Account/ada");
    out.println("  anabranch state Account/ada --version 2");
    out.println("  anabranch send Account/ada Deposit '{\"amount\":500}' --id my-1");
    out.println("  anabranch send Account/ada Deposit '{\"amount\":500}' --id my-1   # again");
    out.println("  anabranch projections list");
    out.println("  anabranch verify");
    if (regions.all().size() > 1) {
      out.println("  anabranch send WebOrder/web-1 AddItem '{\"item\":\"rug\"}'");
      out.println("  anabranch history WebOrder/web-1 --config " + regions.last().config());
      out.println("  anabranch conflicts list --all");
    }
    out.println();
  }

  private static void print(PrintWriter out, Style style, DemoRegion region) {
    var options = region.options();
    out.println(style.bold("  Region " + region.name()));
    out.println("  Config     " + region.config());
    out.println("  Kafka      " + region.servers().bootstrapServers());
    out.println(
        "             topics "
            + String.join(
                ", ",
                options.commands().topic(),
                options.events().topic(),
                options.replies().topic(),
                options.deadLetters().topic()));
    for (var name : region.servers().databaseNames()) {
      out.println("  Database   " + region.servers().jdbcUrl(name));
      out.println("             " + mysql(region.servers().database(name)) + " anabranch");
    }
    out.println("  Flink      " + region.job().webAddress());
  }

  private static String mysql(EmbeddedDatabase database) {
    return "mysql -h127.0.0.1 -P"
        + database.port()
        + " -u"
        + database.user()
        + " -p"
        + database.password();
  }
}

package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.connectors.mysql.connection.DatabaseConfig;
import dev.anabranch.connectors.mysql.connection.ShardRanges;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The physical databases of a region, each under its name. */
final class DatabaseOptions {

  private static final String PREFIX = "store.database.";
  private static final String EXAMPLE_URL = "jdbc:mysql://mysql:3306/anabranch";

  static final JobOption<String> URL =
      JobOption.required(
          key(PREFIX + JobOption.NAME + ".url")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Address of the database, for MariaDB as well `jdbc:mysql://host:port/schema`, with"
                      + " the TLS options of MySQL Connector/J but no credentials."),
          new ValueRule<>(
              "jdbc:mysql://host:port/schema?options, one host, no credentials",
              DatabaseOptions::isUrl),
          EXAMPLE_URL);

  static final JobOption<String> USER =
      JobOption.required(
          key(PREFIX + JobOption.NAME + ".user")
              .stringType()
              .noDefaultValue()
              .withDescription("Account under which the job works with the database."),
          ValueRule.matching(".+", "a name"),
          "anabranch");

  static final JobOption<String> PASSWORD =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".password")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Password of the account; better than to write it here is `${env:NAME}` or the"
                      + " option `password-file`."),
          ValueRule.any("a password"),
          "this or `password-file` is required");

  static final JobOption<String> PASSWORD_FILE =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".password-file")
              .stringType()
              .noDefaultValue()
              .withDescription("File, readable where the job is started, that holds the password."),
          ValueRule.matching(".+", "the path of a file"),
          "this or `password` is required");

  static final JobOption<String> SHARDS =
      JobOption.optional(
          key(PREFIX + JobOption.NAME + ".shards")
              .stringType()
              .noDefaultValue()
              .withDescription("Shards whose rows the database holds, as ranges such as `0-255`."),
          new ValueRule<>("ranges of shards such as 0-255 or 0-127,300", DatabaseOptions::isRanges),
          "split evenly, if it is left out for every database");

  private DatabaseOptions() {}

  /** The databases; their shards cover the region even if the options are wrong. */
  static List<DatabaseConfig> read(OptionReader reader, int shardCount) {
    var given = reader.get(StoreOptions.DATABASES);
    var names = new LinkedHashSet<>(given);
    reader.require(
        names.size() == given.size(), StoreOptions.DATABASES, "must not name a database twice");
    reader.require(
        !names.isEmpty() && names.size() <= shardCount,
        StoreOptions.DATABASES,
        "must name at least one database, and no more than there are shards (" + shardCount + ")");
    if (!reader.isFine(StoreOptions.DATABASES)) {
      reader.withPrefix(PREFIX, ",");
      return List.of(
          new DatabaseConfig("unknown", EXAMPLE_URL, "", "", ShardRanges.of(0, shardCount - 1)));
    }
    refuseOthers(reader, names);
    var homes = homes(reader, names, shardCount);
    var databases = new ArrayList<DatabaseConfig>();
    for (var name : names) {
      databases.add(database(reader, PREFIX, name, homes.get(databases.size())));
    }
    return databases;
  }

  /** Databases of another region, which say themselves what shards they hold. */
  static List<DatabaseConfig> readElsewhere(
      OptionReader reader, String prefix, JobOption<List<String>> namesOption) {
    var given = reader.get(namesOption);
    var names = new LinkedHashSet<>(given);
    reader.require(names.size() == given.size(), namesOption, "must not name a database twice");
    return names.stream().map(name -> database(reader, prefix, name, ShardRanges.none())).toList();
  }

  private static DatabaseConfig database(
      OptionReader reader, String prefix, String name, ShardRanges shards) {
    return new DatabaseConfig(
        name,
        reader.get(at(URL, prefix, name)),
        reader.get(at(USER, prefix, name)),
        password(reader, prefix, name),
        shards);
  }

  /** An option of a database at another place. */
  static <T> JobOption<T> at(JobOption<T> option, String prefix, String name) {
    return option.at(prefix + name + option.key().substring((PREFIX + JobOption.NAME).length()));
  }

  private static String password(OptionReader reader, String prefix, String name) {
    var password = at(PASSWORD, prefix, name);
    var file = at(PASSWORD_FILE, prefix, name);
    var literal = reader.find(password);
    var content = reader.find(file).isPresent() ? reader.content(file) : "";
    reader.require(
        reader.isGiven(password) || reader.isGiven(file),
        password,
        "is missing; give it, or " + file);
    reader.require(
        !reader.isGiven(password) || !reader.isGiven(file),
        password,
        "is given together with " + file + "; keep one");
    return literal.orElse(content);
  }

  private static List<ShardRanges> homes(OptionReader reader, Set<String> names, int shardCount) {
    var even = evenly(names.size(), shardCount);
    var ranges = new ArrayList<ShardRanges>();
    var given = 0;
    for (var name : names) {
      var shards = reader.find(SHARDS.named(name)).map(ShardRanges::parse);
      given += reader.isGiven(SHARDS.named(name)) ? 1 : 0;
      shards.ifPresent(ranges::add);
    }
    if (given == 0) {
      return even;
    }
    for (var name : names) {
      reader.require(
          given == names.size() || reader.isGiven(SHARDS.named(name)),
          SHARDS.named(name),
          "is missing: give it for every database or for none");
    }
    var complete = ranges.size() == names.size();
    return complete && coversEachOnce(reader, ranges, shardCount) ? ranges : even;
  }

  private static boolean coversEachOnce(
      OptionReader reader, List<ShardRanges> ranges, int shardCount) {
    var covered = new BitSet();
    var total = 0;
    for (var range : ranges) {
      for (var shard : range.toArray()) {
        covered.set(shard);
        total++;
      }
    }
    var exact = covered.length() == shardCount && covered.cardinality() == shardCount;
    reader.require(
        exact && total == shardCount,
        StoreOptions.DATABASES,
        "have the shards "
            + ranges
            + "; together they must hold each of 0-"
            + (shardCount - 1)
            + " exactly once",
        RegionOptions.SHARD_COUNT);
    return exact && total == shardCount;
  }

  private static List<ShardRanges> evenly(int databases, int shardCount) {
    var ranges = new ArrayList<ShardRanges>();
    for (var i = 0; i < databases; i++) {
      var first = (int) ((long) i * shardCount / databases);
      var last = (int) ((i + 1L) * shardCount / databases) - 1;
      ranges.add(last < first ? ShardRanges.none() : ShardRanges.of(first, last));
    }
    return ranges;
  }

  private static void refuseOthers(OptionReader reader, Set<String> names) {
    for (var key : reader.keysWithPrefix(PREFIX)) {
      var rest = key.substring(PREFIX.length());
      var name = rest.substring(0, Math.max(0, rest.indexOf('.')));
      if (!names.contains(name)) {
        reader.refuse(key, "names no database of " + StoreOptions.DATABASES + ", " + names);
      }
    }
  }

  private static boolean isUrl(String url) {
    try {
      var unused = new DatabaseConfig("any", url, "", "", ShardRanges.none());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isRanges(String text) {
    try {
      return !ShardRanges.parse(text).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

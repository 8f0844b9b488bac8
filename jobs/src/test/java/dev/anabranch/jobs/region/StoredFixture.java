package dev.anabranch.jobs.region;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a release has left in {@code src/test/resources/savepoints}: a savepoint of one of its jobs,
 * and the databases that belong to it. The region is always called {@link #REGION}, since a
 * savepoint names the topics that it has read.
 */
public final class StoredFixture {

  public static final String REGION = "fixture";

  private static final Path FIXTURES = Path.of("src", "test", "resources", "savepoints");
  private static final int DATABASES = 2;

  private final RegionUnderTest region;

  public StoredFixture(RegionUnderTest region) {
    this.region = region;
  }

  /** The fixtures of a job. */
  public static Stream<Path> of(String job) throws IOException {
    try (var directories = Files.list(FIXTURES)) {
      return directories
          .filter(each -> each.getFileName().toString().startsWith(job + "-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** Where a new one of this name belongs; there must be none. */
  public static Path fresh(String name) {
    var fixture = FIXTURES.resolve(name);
    if (Files.exists(fixture)) {
      throw new IllegalStateException(
          fixture + " is there: make a new one, never an old one again");
    }
    return fixture;
  }

  /** Empty schemas, and no topics: what another test has left must not be read. */
  public void createSchemas() throws Exception {
    deleteTopics();
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      FixtureDatabase.load(
          database.jdbcUrl(""),
          database.user(),
          database.password(),
          List.of("DROP DATABASE IF EXISTS " + schema(), "CREATE DATABASE " + schema()));
    }
  }

  public void loadDatabases(Path fixture) throws Exception {
    createSchemas();
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      FixtureDatabase.load(
          url(i),
          database.user(),
          database.password(),
          Files.readAllLines(fixture.resolve("db" + i + ".sql")));
    }
  }

  /** Writes the databases, and the savepoint without this machine's paths. */
  public void write(Path fixture, String savepoint) throws Exception {
    Files.createDirectories(fixture);
    copy(
        Path.of(java.net.URI.create(savepoint)),
        Files.createDirectories(fixture.resolve("savepoint")));
    for (var i = 0; i < DATABASES; i++) {
      var database = region.database(i);
      Files.write(
          fixture.resolve("db" + i + ".sql"),
          FixtureDatabase.dump(url(i), database.user(), database.password()));
    }
  }

  /** Where to start from. */
  public static String savepoint(Path fixture) {
    return fixture.resolve("savepoint").toAbsolutePath().toString();
  }

  /** What differs from the options of the region under test. */
  public Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    settings.put("region.name", REGION);
    settings.put("commands.group-id", schema());
    for (var i = 0; i < DATABASES; i++) {
      settings.put("store.database.db" + i + ".url", url(i));
    }
    return settings;
  }

  private void deleteTopics() throws Exception {
    Map<String, Object> kafka = Map.of("bootstrap.servers", region.kafka().bootstrapServers());
    try (var admin = Admin.create(kafka)) {
      var ours = new ArrayList<>(admin.listTopics().names().get());
      ours.removeIf(topic -> !topic.endsWith("." + REGION));
      admin.deleteTopics(ours).all().get();
      Await.until(
          "the topics to be gone",
          () -> {
            try {
              return Collections.disjoint(admin.listTopics().names().get(), ours);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private String url(int database) {
    return region.database(database).jdbcUrl(schema());
  }

  private String schema() {
    return "fixture_" + region.name();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), anonymous(Files.readAllBytes(file)));
      }
    }
  }

  /** The names of parts that are in the file itself are paths; their lengths must stay. */
  private static byte[] anonymous(byte[] bytes) {
    var root = Path.of("").toAbsolutePath().toString();
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .replace(root, "/" + "x".repeat(root.length() - 1))
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}

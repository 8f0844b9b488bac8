package dev.anabranch.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegionFileTest {

  @TempDir private Path directory;
  private final List<String> said = new ArrayList<>();

  @Test
  void whatAPersonAddedStaysAndIsSaid() throws IOException {
    var folder = new ClusterFolder(directory);
    write(folder);
    var remark = "commands:\n  cache-size: 1000\n# my remark\n";
    Files.writeString(folder.regionFile(), remark, StandardOpenOption.APPEND);

    write(folder);

    assertThat(Files.readString(folder.regionFile())).endsWith(remark);
    assertThat(said).singleElement().asString().contains("keeping " + folder.regionFile());
  }

  @Test
  void anUntouchedFileStaysWithoutAWord() throws IOException {
    var folder = new ClusterFolder(directory);
    write(folder);
    var before = Files.readString(folder.regionFile());

    write(folder);

    assertThat(Files.readString(folder.regionFile())).isEqualTo(before);
    assertThat(said).isEmpty();
  }

  @Test
  void theFileIsARegionsConfiguration() {
    var folder = new ClusterFolder(directory);
    write(folder);

    var options = CommandJobOptions.fromArgs("--config", folder.regionFile().toString());

    assertThat(options.region().name().value()).isEqualTo("local");
  }

  @Test
  void theRegionHasTheNameThatItWasGiven() {
    var folder = new ClusterFolder(directory);
    write(folder, "us");

    var options = CommandJobOptions.fromArgs("--config", folder.regionFile().toString());

    assertThat(options.region().name().value()).isEqualTo("us");
  }

  @Test
  void theProjectionJobFindsItsDatabaseThere() {
    var folder = new ClusterFolder(directory);
    write(folder);

    var options = ProjectionJobOptions.fromArgs("--config", folder.regionFile().toString());

    assertThat(options.query().config().jdbcUrl()).contains(":4711/queries");
  }

  private void write(ClusterFolder folder) {
    write(folder, "local");
  }

  private void write(ClusterFolder folder, String region) {
    var databases = List.of(new ClusterSettings.Database("db0", 4711));
    RegionFile.write(
        folder,
        new ClusterSettings(databases, "", 8, 2, 1, false, "default", 9092, 0, 0, 0, 0, 0, region),
        said::add);
  }
}

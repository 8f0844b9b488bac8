package dev.anabranch.playground.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.CommandClient;
import dev.anabranch.embedded.EmbeddedDatabase;
import dev.anabranch.embedded.EmbeddedKafka;
import dev.anabranch.examples.bank.AccountCommand.Deposit;
import dev.anabranch.examples.bank.AccountCommand.OpenAccount;
import dev.anabranch.examples.bank.BankDomain;
import dev.anabranch.jobs.CommandJob;
import dev.anabranch.jobs.options.CommandJobOptions;
import dev.anabranch.model.message.ReplyStatus;
import dev.anabranch.operators.task.DomainLoader;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command job in this JVM: a breakpoint in a decider stops here. */
class WholeJobITCase {

  @TempDir private Path directory;

  @Test
  void aDepositIsStoredAndAnswered() throws Exception {
    try (var kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        var database = EmbeddedDatabase.start(directory.resolve("database"))) {
      var options =
          CommandJobOptions.fromArgs(
              "-Dregion.name=test",
              "-Dregion.shard-count=8",
              "-Dregion.events-partitions=2",
              "-Dkafka.bootstrap-servers=" + kafka.bootstrapServers(),
              "-Dtopics.create=true",
              "-Dtopics.replication-factor=1",
              "-Dstore.databases=db0",
              "-Dstore.database.db0.url=" + database.jdbcUrl("bank"),
              "-Dstore.database.db0.user=" + database.user(),
              "-Dstore.database.db0.password=" + database.password(),
              "-Dflink.parallelism.default=1",
              "-Dflink.execution.checkpointing.dir=" + directory.resolve("checkpoints").toUri());
      var flink = StreamExecutionEnvironment.createLocalEnvironment();
      CommandJob.prepare(flink, options, DomainLoader.services());
      var job = flink.executeAsync("bank");
      try (var client =
          CommandClient.builder()
              .bootstrapServers(kafka.bootstrapServers())
              .commandsTopic("commands.test")
              .replyTopic("replies.test")
              .clientId("test")
              .build()) {
        client.send(BankDomain.ACCOUNT, "4711", new OpenAccount("Alice")).get();

        var reply = client.send(BankDomain.ACCOUNT, "4711", new Deposit(500)).get();

        assertThat(reply.status()).isEqualTo(ReplyStatus.ACCEPTED);
        assertThat(reply.body().version()).isEqualTo(2);
      } finally {
        job.cancel().get();
      }
    }
  }
}

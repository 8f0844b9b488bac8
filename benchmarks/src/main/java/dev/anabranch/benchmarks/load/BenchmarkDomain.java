package dev.anabranch.benchmarks.load;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.AggregateTypes;
import dev.anabranch.api.Decider;
import dev.anabranch.api.Decision;
import dev.anabranch.api.DecisionContext;
import dev.anabranch.api.ReplicationPolicy;
import dev.anabranch.api.Resolvers;
import dev.anabranch.codec.JsonCodec;
import dev.anabranch.operators.task.DomainLoader;
import java.util.List;

/**
 * One aggregate type, as small as a real one can be: a deposit onto an account, with a note that
 * makes command and event as large as the run wants them. Every command is accepted with one event.
 */
public final class BenchmarkDomain {

  public static final String TYPE = "Account";
  static final String COMMAND = "Deposit";
  static final String EVENT = "Deposited";

  /** What a sender asks. */
  public record Deposit(long amount, String note) {}

  /** What happened. */
  public record Deposited(long amount, long balance, String note) {}

  /** What an account is. */
  public record Account(long balance, long deposits) {}

  private static final class Deposits implements Decider<Account, Deposit, Deposited> {

    @Override
    public Account initialState() {
      return new Account(0, 0);
    }

    @Override
    public Decision<Deposited> decide(Account account, Deposit deposit, DecisionContext context) {
      var balance = account.balance() + deposit.amount();
      return Decision.accepted(new Deposited(deposit.amount(), balance, deposit.note()));
    }

    @Override
    public Account evolve(Account account, Deposited deposited) {
      return new Account(deposited.balance(), account.deposits() + 1);
    }
  }

  private BenchmarkDomain() {}

  /** JSON, as an application gets it by default; its records are lossless, as declared. */
  public static AggregateType<Account, Deposit, Deposited> type() {
    return type(ReplicationPolicy.singleHome());
  }

  private static AggregateType<Account, Deposit, Deposited> type(
      ReplicationPolicy<Account> replication) {
    return AggregateType.named(TYPE, new Deposits())
        .commands(JsonCodec.single(COMMAND, 1, Deposit.class))
        .events(JsonCodec.<Deposited>builder().type(EVENT, 1, Deposited.class).lossless().build())
        .state(JsonCodec.single("Account", 1, Account.class))
        .replication(replication)
        .build();
  }

  public static DomainLoader loader() {
    return userCode -> AggregateTypes.of(() -> List.of(type()));
  }

  /** Commands are accepted everywhere; the later of two concurrent versions wins. */
  public static DomainLoader replicatedLoader() {
    return userCode ->
        AggregateTypes.of(
            () -> List.of(type(ReplicationPolicy.automatic(Resolvers.lastWriterWins()))));
  }
}

package dev.anabranch.projection;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tables that follow the events of some aggregate types.
 *
 * <pre>{@code
 * Projection.named("balances")
 *     .revision(1)
 *     .tables(BALANCES)
 *     .from(BankDomain.ACCOUNT, BalancesProjection::changes)
 *     .build();
 * }</pre>
 *
 * <p><b>Revision.</b> A number that the application raises when it changes the tables or what
 * handlers make of an event. Tables that an older revision filled are then built anew, beside the
 * old ones, and readers are switched over when the new ones are up to date.
 */
public final class Projection {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,47}");

  private final String name;
  private final int revision;
  private final List<QueryTable> tables;
  private final Map<String, Input<?>> inputs;

  private Projection(Builder b) {
    name = b.name;
    revision = b.revision;
    tables = List.copyOf(b.tables);
    inputs = Map.copyOf(b.inputs);
  }

  /** Handler of a type's events, with the type's own codecs and upcasters in front. */
  private record Input<E>(AggregateType<?, ?, E> type, EventHandler<? super E> handler) {

    void changes(List<EncodedMessage> stored, EventContext first, List<RowChange> into) {
      var index = first.index();
      for (var message : stored) {
        for (var event : type.decodeEvent(message)) {
          var context =
              new EventContext(
                  first.aggregateType(),
                  first.aggregateId(),
                  first.version(),
                  index++,
                  first.commandId(),
                  first.region(),
                  first.timestamp(),
                  first.metadata());
          into.addAll(handler.changes(event, context));
        }
      }
    }
  }

  /**
   * Begins the declaration of a projection.
   *
   * @param name {@code [a-z][a-z0-9_-]{0,47}}; stored, so it can't be changed
   */
  public static Builder named(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "projection name '" + name + "' must match " + NAME.pattern());
    }
    return new Builder(name);
  }

  public String name() {
    return name;
  }

  public int revision() {
    return revision;
  }

  public List<QueryTable> tables() {
    return tables;
  }

  /** Names of the aggregate types whose events it takes. */
  public Set<String> aggregateTypes() {
    return inputs.keySet();
  }

  /**
   * What the events of one commit change.
   *
   * @param stored the commit's events, as stored
   * @param context of the first of them
   * @throws RuntimeException if an event can't be decoded or its handler fails
   */
  public List<RowChange> changes(List<EncodedMessage> stored, EventContext context) {
    var input = inputs.get(context.aggregateType());
    if (input == null) {
      return List.of();
    }
    var changes = new ArrayList<RowChange>();
    input.changes(stored, context, changes);
    for (var change : changes) {
      if (!tables.contains(change.table())) {
        throw new IllegalArgumentException(
            "projection %s changes table %s, which is not among its own; add it with .tables(...)"
                .formatted(name, change.table()));
      }
    }
    return changes;
  }

  /** The tables as text; stored with each version. */
  public String definition() {
    return tables.stream().map(QueryTable::definition).collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return "Projection(" + name + ", revision " + revision + ")";
  }

  /** Collects what a projection has; {@link #build} says what is missing. */
  public static final class Builder {
    private final String name;
    private int revision = 1;
    private final List<QueryTable> tables = new ArrayList<>();
    private final Map<String, Input<?>> inputs = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    /** From 1, which is also what it is unless given. */
    public Builder revision(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("revision " + number + " must be at least 1");
      }
      revision = number;
      return this;
    }

    public Builder tables(QueryTable... more) {
      tables.addAll(List.of(more));
      return this;
    }

    /** Takes the events of a type; each type once. */
    public <E> Builder from(AggregateType<?, ?, E> type, EventHandler<? super E> handler) {
      if (inputs.put(type.name(), new Input<>(type, handler)) != null) {
        throw new IllegalArgumentException(
            "projection " + name + " has two handlers for the events of " + type.name());
      }
      return this;
    }

    /**
     * @throws IllegalArgumentException if it has no table or no input
     */
    public Projection build() {
      if (tables.isEmpty() || inputs.isEmpty()) {
        throw new IllegalArgumentException(
            "projection %s has no %s; call .%s(...) before build()"
                .formatted(
                    name,
                    tables.isEmpty() ? "tables" : "events",
                    tables.isEmpty() ? "tables" : "from"));
      }
      return new Projection(this);
    }
  }
}

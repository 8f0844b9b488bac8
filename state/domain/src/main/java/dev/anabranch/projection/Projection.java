package dev.anabranch.projection;

import dev.anabranch.api.AggregateType;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ReplicationPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tables that follow the events of some aggregate types, or the merged views of one.
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

  // Stored: tools and clients know by it what a version's positions mean.
  private static final String VIEWS_OF = "views of ";

  private final String name;
  private final int revision;
  private final List<QueryTable> tables;
  private final Map<String, Input<?>> inputs;
  private final @Nullable ViewInput<?> viewInput;

  private Projection(Builder b) {
    name = b.name;
    revision = b.revision;
    tables = List.copyOf(b.tables);
    inputs = Map.copyOf(b.inputs);
    viewInput = b.viewInput;
  }

  /** Handler of a type's events, with the type's own codecs and upcasters in front. */
  private record Input<E>(AggregateType<?, ?, E> type, EventHandler<? super E> handler) {

    void changes(List<EncodedMessage> stored, ProjectionContext first, List<RowChange> into) {
      var index = first.index();
      for (var message : stored) {
        for (var event : type.decodeEvent(message)) {
          var context =
              new ProjectionContext(
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

  /** Names of the aggregate types whose events or views it takes. */
  public Set<String> aggregateTypes() {
    var views = viewInput;
    return views == null ? inputs.keySet() : Set.of(views.type().name());
  }

  /** Whether it takes the merged views of an aggregate type, not events. */
  public boolean followsViews() {
    return viewInput != null;
  }

  /**
   * What the events of one commit change.
   *
   * @param stored the commit's events, as stored
   * @param context of the first of them
   * @throws RuntimeException if an event can't be decoded or its handler fails
   */
  public List<RowChange> changes(List<EncodedMessage> stored, ProjectionContext context) {
    var input = inputs.get(context.aggregateType());
    if (input == null) {
      return List.of();
    }
    var changes = new ArrayList<RowChange>();
    input.changes(stored, context, changes);
    for (var change : changes) {
      if (!tables.contains(change.table())) {
        throw notItsOwn(change.table());
      }
    }
    return changes;
  }

  /**
   * What makes the tables show a view of one of {@link #aggregateTypes}: at most one change of each
   * row, deletions among them of rows that only share the beginning of their key.
   *
   * @param view its states as the type's state codec has written them
   * @throws RuntimeException if a state can't be decoded or the handler fails
   */
  public List<RowChange> changes(View<EncodedMessage> view) {
    var views = viewInput;
    return views == null ? List.of() : views.changes(view, tables);
  }

  static IllegalArgumentException notItsOwn(QueryTable table) {
    return new IllegalArgumentException(
        "the projection changes table %s, which is not among its own; add it with .tables(...)"
            .formatted(table));
  }

  /** Source, if it is one of views, and tables as text; stored with each version. */
  public String definition() {
    var views = viewInput;
    return (views == null ? "" : VIEWS_OF + views.type().name() + "\n")
        + tables.stream().map(QueryTable::definition).collect(Collectors.joining("\n"));
  }

  /** Whether a stored {@link #definition} is one of a projection of views. */
  public static boolean isOfViews(String definition) {
    return definition.startsWith(VIEWS_OF);
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
    private @Nullable ViewInput<?> viewInput;

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

    /**
     * Takes the events of a type, each type once.
     *
     * @throws IllegalArgumentException if several regions may change an aggregate of the type at
     *     once: then its events come in another order in each region, and what a handler sets would
     *     differ. {@link #fromViews} takes the merged state, {@link #fromInAnyOrder} such events.
     */
    public <E> Builder from(AggregateType<?, ?, E> type, EventHandler<? super E> handler) {
      if (!(type.replication() instanceof ReplicationPolicy.SingleHome)) {
        throw new IllegalArgumentException(
            ("projection %s takes the events of %s, which several regions may change at once: they"
                    + " come in another order in each region, so that tables would differ. Call"
                    + " .fromViews(...) for the merged state, or .fromInAnyOrder(...) if the changes"
                    + " of all events commute, such as .add(...)")
                .formatted(name, type.name()));
      }
      return fromInAnyOrder(type, handler);
    }

    /**
     * Takes the events of a type in the order in which this region has stored them, each type once.
     * The handler's changes must commute, such as additions: where several regions change an
     * aggregate at once, each has its events in another order, also those of a commit that does not
     * count in the end.
     */
    public <E> Builder fromInAnyOrder(
        AggregateType<?, ?, E> type, EventHandler<? super E> handler) {
      if (inputs.put(type.name(), new Input<>(type, handler)) != null) {
        throw new IllegalArgumentException(
            "projection " + name + " has two handlers for the events of " + type.name());
      }
      return this;
    }

    /**
     * Takes the merged views of one type instead of events: for replicated aggregates, whose
     * commits come in another order in each region. The key of each table begins with a text, the
     * aggregate's id.
     */
    public <S> Builder fromViews(AggregateType<S, ?, ?> type, ViewHandler<S> handler) {
      if (viewInput != null) {
        throw new IllegalArgumentException(
            "projection %s takes the views of %s already; make another one for those of %s"
                .formatted(name, viewInput.type().name(), type.name()));
      }
      viewInput = new ViewInput<>(type, handler);
      return this;
    }

    /**
     * @throws IllegalArgumentException if it has no table or no input, or tables that its input
     *     can't fill
     */
    public Projection build() {
      if (tables.isEmpty() || (inputs.isEmpty() && viewInput == null)) {
        throw new IllegalArgumentException(
            "projection %s has no %s; call .%s(...) before build()"
                .formatted(
                    name,
                    tables.isEmpty() ? "tables" : "events",
                    tables.isEmpty() ? "tables" : "from"));
      }
      if (viewInput != null) {
        requireFitForViews();
      }
      return new Projection(this);
    }

    private void requireFitForViews() {
      if (!inputs.isEmpty()) {
        throw new IllegalArgumentException(
            "projection %s takes events and views; make one of each".formatted(name));
      }
      for (var table : tables) {
        if (table.key().get(0).kind() != Column.Kind.TEXT) {
          throw new IllegalArgumentException(
              ("the key of table %s begins with column %s; in a projection of views it begins with"
                      + " a text, the aggregate's id")
                  .formatted(table, table.key().get(0)));
        }
      }
    }
  }
}

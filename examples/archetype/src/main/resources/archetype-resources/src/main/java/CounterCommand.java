package ${package};

/** What may be asked for. */
public sealed interface CounterCommand {

  record Increment(long by) implements CounterCommand {}

  record Reset() implements CounterCommand {}
}

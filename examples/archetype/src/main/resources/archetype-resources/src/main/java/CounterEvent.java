package ${package};

/** What has happened. */
public sealed interface CounterEvent {

  record Incremented(long by) implements CounterEvent {}

  record WasReset() implements CounterEvent {}
}

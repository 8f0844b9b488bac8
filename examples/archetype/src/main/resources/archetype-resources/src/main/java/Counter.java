package ${package};

/** State: what decisions need. */
public record Counter(long value) {}

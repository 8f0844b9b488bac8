package dev.anabranch.connectors.kafka.reply;

import java.io.Serializable;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The topics to which a command may have its reply sent, besides the default one.
 *
 * <p>Kafka's own topics, and those reserved for the region itself, are never among them, whatever
 * the pattern says.
 *
 * @param names allowed topics
 * @param pattern regular expression that an allowed topic's whole name matches; null: names only
 * @param reserved topics of the region that no reply may go to
 */
public record ReplyTopics(Set<String> names, @Nullable String pattern, Set<String> reserved)
    implements Serializable {

  /** Nothing but the default topic. */
  public static final ReplyTopics DEFAULT_ONLY = new ReplyTopics(Set.of(), null, Set.of());

  /** Kafka's own rule. */
  private static final Pattern LEGAL_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  public ReplyTopics {
    names = Set.copyOf(names);
    reserved = Set.copyOf(reserved);
    if (pattern != null) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "the pattern of allowed reply topics is no regular expression: " + e.getMessage(), e);
      }
    }
  }

  /** A test of names that compiles the pattern once. */
  public Matcher matcher() {
    return new Matcher(this);
  }

  /** Says which topics are allowed. */
  public static final class Matcher {
    private final ReplyTopics topics;
    private final @Nullable Pattern pattern;

    private Matcher(ReplyTopics topics) {
      this.topics = topics;
      this.pattern = topics.pattern == null ? null : Pattern.compile(topics.pattern);
    }

    public boolean allows(String topic) {
      if (topics.reserved.contains(topic)
          || topic.startsWith("__")
          || !LEGAL_NAME.matcher(topic).matches()) {
        return false;
      }
      return topics.names.contains(topic) || (pattern != null && pattern.matcher(topic).matches());
    }
  }
}

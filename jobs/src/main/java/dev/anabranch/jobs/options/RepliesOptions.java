package dev.anabranch.jobs.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.anabranch.causality.RegionId;
import dev.anabranch.jobs.config.JobOption;
import dev.anabranch.jobs.config.OptionReader;
import dev.anabranch.jobs.config.ValueRule;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.flink.configuration.MemorySize;

/**
 * Where answers go.
 *
 * @param allowedTopics topics, besides the default one, to which a command may have its reply sent
 * @param allowedTopicsPattern what the names of further such topics match
 */
public record RepliesOptions(
    String topic, Set<String> allowedTopics, Optional<String> allowedTopicsPattern, int maxBytes) {

  static final JobOption<String> TOPIC =
      JobOption.optional(
          key("replies.topic")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Topic for the replies to commands that name no topic of their own."),
          TopicOptions.TOPIC_RULE,
          "`replies.` and the region's name");

  static final JobOption<List<String>> ALLOWED_TOPICS =
      JobOption.withDefault(
          key("replies.allowed-topics")
              .stringType()
              .asList()
              .defaultValues()
              .withDescription(
                  "Further topics to which a command may have its reply sent; a reply to any other"
                      + " goes to the default topic and says so."),
          ValueRule.eachMatching(TopicOptions.TOPIC, "topic names with commas between"));

  static final JobOption<String> ALLOWED_TOPICS_PATTERN =
      JobOption.optional(
          key("replies.allowed-topics-pattern")
              .stringType()
              .noDefaultValue()
              .withDescription(
                  "Regular expression: topics whose whole name matches it are allowed as well, but"
                      + " never the region's own topics nor those of Kafka."),
          new ValueRule<>("a regular expression", RepliesOptions::isPattern),
          "none");

  static final JobOption<MemorySize> MAX_BYTES =
      JobOption.withDefault(
          key("replies.max-bytes")
              .memoryType()
              .defaultValue(new MemorySize(921_600))
              .withDescription(
                  "Limit of a reply as a Kafka record; what is larger loses its result first."),
          ValueRule.between(MemorySize.parse("16 kb"), MemorySize.parse("8 mb")));

  static final List<JobOption<?>> ALL =
      List.of(TOPIC, ALLOWED_TOPICS, ALLOWED_TOPICS_PATTERN, MAX_BYTES);

  public RepliesOptions {
    allowedTopics = Set.copyOf(allowedTopics);
  }

  static RepliesOptions read(OptionReader reader, RegionId region) {
    return new RepliesOptions(
        reader.find(TOPIC).orElse("replies." + region),
        Set.copyOf(reader.get(ALLOWED_TOPICS)),
        reader.find(ALLOWED_TOPICS_PATTERN),
        (int) reader.get(MAX_BYTES).getBytes());
  }

  private static boolean isPattern(String text) {
    try {
      Pattern.compile(text);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}

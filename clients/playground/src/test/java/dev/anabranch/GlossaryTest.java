package dev.anabranch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Words of our own are explained once, in the glossary, and every page that a person reads from top
 * to bottom links there. Words that everybody's English has, such as state or view, are left to the
 * writer.
 */
class GlossaryTest {

  /** The glossary's heading, and how the word stands in a sentence. */
  private static final Map<String, Pattern> WORDS =
      new TreeMap<>(
          Map.ofEntries(
              word("aggregate", "aggregates?"),
              word("branch", "branch(?:es)?"),
              word("dead-letter", "dead[ -]letters?"),
              word("decider", "deciders?"),
              word("dot", "dots?"),
              word("fence", "fences?"),
              word("fingerprint", "fingerprints?"),
              word("frontier", "frontiers?"),
              word("group-commit", "group commit"),
              word("hollow", "hollow"),
              word("lane", "lanes?"),
              word("projection", "projections?"),
              word("resolver", "resolvers?"),
              word("shard", "shards?"),
              word("tombstone", "tombstones?"),
              word("upcaster", "upcasters?")));

  private static final Pattern NO_PROSE =
      Pattern.compile("(?m)^#.*$|^\\s*\\|.*$|<!--.*?-->|`[^`]*`|(?s:\\[[^\\]]*]\\([^)]*\\))");

  private static final List<String> READ_IN_PIECES =
      List.of(
          "docs/adr/",
          "docs/glossary.md",
          "docs/internals/faults.md",
          "docs/internals/rules-broken.md",
          "docs/operating/drills.md");

  @Test
  void everyPageLinksTheWordsOfOurOwn() throws IOException {
    var unlinked = new ArrayList<String>();
    var pages = pages();
    for (var page : pages) {
      var prose = NO_PROSE.matcher(Pages.prose(page)).replaceAll(" ");
      for (var word : WORDS.entrySet()) {
        if (word.getValue().matcher(prose).find()
            && !Pages.text(page).contains("glossary.md#" + word.getKey() + ")")) {
          unlinked.add(relative(page) + ": " + word.getKey());
        }
      }
    }

    assertThat(unlinked).as("words without a link to the glossary").isEmpty();
    assertThat(pages).hasSizeGreaterThan(15);
  }

  @Test
  void theGlossaryHasTheWords() {
    var anchors = Pages.anchors(Pages.root().resolve("docs/glossary.md"));

    assertThat(anchors).containsAll(WORDS.keySet()).hasSizeGreaterThan(35);
  }

  /** Those of docs that are prose: lists of options and of metrics are not. */
  private static List<Path> pages() throws IOException {
    return Pages.all().stream()
        .filter(page -> relative(page).startsWith("docs/"))
        .filter(page -> READ_IN_PIECES.stream().noneMatch(relative(page)::startsWith))
        .filter(page -> !relative(page).matches("docs/reference/.*(?:options|metrics)\\.md"))
        .toList();
  }

  private static Map.Entry<String, Pattern> word(String anchor, String form) {
    return Map.entry(anchor, Pattern.compile("(?<![\\w./-])(?i:" + form + ")(?![\\w/-])"));
  }

  private static String relative(Path file) {
    return Pages.root().relativize(file).toString();
  }
}

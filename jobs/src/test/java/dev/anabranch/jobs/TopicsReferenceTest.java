package dev.anabranch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.operators.command.decide.ErrorCodes;
import dev.anabranch.wire.CommandWire;
import dev.anabranch.wire.Headers;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page about topics is written by hand; it must not forget a name that the code publishes. */
class TopicsReferenceTest {

  @Test
  void everyHeaderIsDescribed() throws IllegalAccessException {
    var page = Reference.read("topics.md");

    assertThat(constants(Headers.class)).isNotEmpty().allMatch(name -> page.contains("`" + name));
  }

  @Test
  void everyCodeIsDescribed() throws IllegalAccessException {
    var page = Reference.read("topics.md");

    assertThat(constants(ErrorCodes.class)).isNotEmpty().allMatch(page::contains);
    assertThat(constants(CommandWire.class)).isNotEmpty().allMatch(page::contains);
  }

  private static List<String> constants(Class<?> holder) throws IllegalAccessException {
    var values = new java.util.ArrayList<String>();
    for (var field : Arrays.asList(holder.getFields())) {
      if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
        values.add((String) field.get(null));
      }
    }
    return values;
  }
}

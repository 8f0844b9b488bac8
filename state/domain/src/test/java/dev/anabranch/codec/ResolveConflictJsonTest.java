package dev.anabranch.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.ResolveConflict;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.RegionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolveConflictJsonTest {

  private static final Dot A3 = new Dot(new RegionId("a"), 3);
  private static final Dot B1 = new Dot(new RegionId("b"), 1);

  @Test
  void isReadAsItWasWritten() {
    var command =
        new ResolveConflict(
            A3,
            List.of(B1),
            List.of(
                new EncodedMessage("ItemAdded", 2, utf8("{\"sku\":\"4711\"}")),
                new EncodedMessage("Stamped", 1, new byte[] {0, -1, 7})),
            "customer called",
            "kim");

    var encoded = ResolveConflictJson.encode(command);

    assertThat(encoded.type()).isEqualTo("anabranch.ResolveConflict");
    assertThat(ResolveConflictJson.decode(encoded)).usingRecursiveComparison().isEqualTo(command);
  }

  @Test
  void theBytesAreThese() {
    var command = new ResolveConflict(A3, List.of(B1), List.of(), "why", "kim");

    assertThat(new String(ResolveConflictJson.encode(command).data(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"winner\":\"a:3\",\"rejected\":[\"b:1\"],\"reason\":\"why\",\"who\":\"kim\"}");
  }

  @Test
  void reasonAndWhoMayBeLeftOut() {
    assertThat(decode("{'winner':'a:3','rejected':['b:1']}"))
        .isEqualTo(new ResolveConflict(A3, List.of(B1), List.of(), "", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                              | no JSON object",
        "{'rejected':['b:1']}                            | winner is missing",
        "{'winner':3,'rejected':['b:1']}                 | winner is no text",
        "{'winner':'a','rejected':['b:1']}               | region:n",
        "{'winner':'a:0','rejected':['b:1']}             | region:n",
        "{'winner':'a:3'}                                | rejects nothing",
        "{'winner':'a:3','rejected':'b:1'}               | rejected is no list",
        "{'winner':'a:3','rejected':[1]}                 | rejected holds 1",
        "{'winner':'a:3','rejected':['b:1','b:1']}       | twice",
        "{'winner':'a:3','rejected':['a:3']}             | among the rejected",
        "{'winner':'a:3','rejected':['b:1'],'x':1}       | unknown field 'x'",
        "{'winner':'a:3','merge':[{'type':'T'}]}         | schema",
        "{'winner':'a:3','merge':[{'type':'T','schema':1}]} | either data or data_base64",
        "{'winner':'a:3','merge':[{'type':'T','schema':1,'data':1,'data_base64':''}]} | either",
        "{'winner'                                       | no valid JSON",
      })
  void whatIsWrongIsNamed(String json, String problem) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(problem);
  }

  private static ResolveConflict decode(String json) {
    return ResolveConflictJson.decode(
        new EncodedMessage(
            ResolveConflict.TYPE, ResolveConflict.SCHEMA_VERSION, utf8(json.replace('\'', '"'))));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

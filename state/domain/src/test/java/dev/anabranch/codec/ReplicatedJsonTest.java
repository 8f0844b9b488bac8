package dev.anabranch.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.causality.RegionId;
import dev.anabranch.causality.VectorTime;
import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.OrCart;
import dev.anabranch.replicated.OrMap;
import dev.anabranch.replicated.OrSet;
import dev.anabranch.replicated.PnCounter;
import dev.anabranch.replicated.TwoPhaseSet;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicatedJsonTest {

  enum Size {
    SMALL,
    LARGE
  }

  sealed interface Payment {}

  record Card(String number) implements Payment {}

  record Cash() implements Payment {}

  record Variant(String name, Size size, BigDecimal weight, Optional<Instant> since) {}

  record State(
      OrSet<Variant> variants,
      OrSet<Long> numbers,
      OrCart<Size> sizes,
      LwwRegister<List<BigDecimal>> prices,
      OrMap<Variant, LwwRegister<Payment>> payments) {}

  record Small(
      PnCounter count,
      OrCart<String> cart,
      OrMap<String, PnCounter> map,
      TwoPhaseSet<String> ids) {}

  private static final JsonCodec<State> CODEC =
      JsonCodec.<State>builder()
          .type("State", 1, State.class)
          .nested(Payment.class, Map.of("card", Card.class, "cash", Cash.class))
          .build();
  private static final JsonCodec<Small> SMALL = JsonCodec.single("Small", 1, Small.class);
  private static final String EMPTY =
      "{'cart':[],'count':0,'ids':{'added':[],'removed':[]},'map':[]}";

  private static EventContext at(long n) {
    var region = new RegionId("eu-west");
    return EventContext.of(new Dot(region, n), VectorTime.ZERO.with(region, n - 1), n << 16);
  }

  private static Variant variant(String name) {
    return new Variant(
        name, Size.LARGE, new BigDecimal("1.50"), Optional.of(Instant.EPOCH.plusNanos(1)));
  }

  @Test
  void keepsElementsOfAllTypesExactly() {
    var state =
        new State(
            OrSet.<Variant>empty().add(variant("b"), at(1)).add(variant("a"), at(2)),
            OrSet.<Long>empty().add(Long.MAX_VALUE, at(1)).add(-1L, at(1)),
            OrCart.<Size>empty().add(Size.SMALL, 3, at(1)),
            LwwRegister.<List<BigDecimal>>empty().set(List.of(new BigDecimal("2.10")), at(3)),
            OrMap.<Variant, LwwRegister<Payment>>of(LwwRegister.empty())
                .update(variant("a"), at(1), r -> r.set(new Card("17"), at(1)))
                .update(variant("b"), at(2), r -> r.set(new Cash(), at(2))));

    var encoded = CODEC.encode(state);
    var decoded = CODEC.decode(encoded);

    assertThat(decoded).isEqualTo(state);
    assertThat(CODEC.encode(decoded).data()).isEqualTo(encoded.data());
    var text = new String(encoded.data(), StandardCharsets.UTF_8);
    assertThat(text)
        .contains("\"sizes\":[[\"SMALL\",null,\"eu-west:1\",3]]")
        .contains("\"prices\":[[\"eu-west:3\",196608,[2.10]]]")
        .contains("{\"@type\":\"card\",\"number\":\"17\"}");
  }

  @Test
  void aMapThatWasReadGoesOnWithItsTypes() {
    var empty = SMALL.decode(message(EMPTY));

    var map = empty.map().update("k", at(1), counter -> counter.add(5, at(1)));
    var written = SMALL.encode(new Small(empty.count(), empty.cart(), map, empty.ids()));

    assertThat(new String(written.data(), StandardCharsets.UTF_8))
        .contains("\"map\":[[\"k\",[\"eu-west:1\"],[null,\"eu-west:1\",5]]]");
    assertThat(SMALL.decode(written).map().remove("k", at(2)).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'count':0 | 'count':null | can't be null",
        "'count':0 | 'count':1.5 | expected an integer",
        "'count':0 | 'count':'1' | expected an integer",
        "'cart':[] | 'cart':{} | expected an array",
        "'cart':[] | 'cart':[['a',null]] | has no positive quantity",
        "'cart':[] | 'cart':[['a',0]] | has no positive quantity",
        "'cart':[] | 'cart':[['a',1,'eu-west:1',-1]] | has no positive quantity",
        "'cart':[] | 'cart':[['a','eu-west:1',2]] | expected an integer",
        "'cart':[] | 'cart':[['b',1],['a',1]] | 'a' must not follow 'b'",
        "'cart':[] | 'cart':[['a',1],['a',1]] | 'a' must not follow 'a'",
        "'cart':[] | 'cart':[['a',1,'eu-west:2',1,'eu-west:1',1]] | eu-west:1 must not follow",
        "'cart':[] | 'cart':[['a',1,'eu-west',1]] | is no event id",
        "'cart':[] | 'cart':[[7,1]] | text is needed",
        "'map':[] | 'map':[['a',[],5]] | written with its amounts",
        "'map':[] | 'map':[['a',['b:1','a:1'],[5]]] | a:1 must not follow",
        "'map':[] | 'map':[['a',[],[5],1]] | expected the end of the array",
        "'added':[], | nothing | added and removed",
      })
  void refusesWhatItWouldNotWrite(String good, String bad, String why) {
    assertThat(EMPTY).contains(good);
    var json = EMPTY.replace(good, bad.equals("nothing") ? "" : bad);

    assertThatThrownBy(() -> SMALL.decode(message(json)))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining(why);
  }

  @Test
  void namesThePlaceOfWhatItRefuses() {
    assertThatThrownBy(() -> SMALL.decode(message(EMPTY.replace("'map':[]", "'map':[['a',[],5]]"))))
        .hasMessageContaining("at map");
  }

  private static EncodedMessage message(String json) {
    return new EncodedMessage("Small", 1, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}

package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.anabranch.causality.EventId;
import dev.anabranch.replicated.Amount;
import dev.anabranch.replicated.Amounts;
import dev.anabranch.replicated.GrowCounter;
import dev.anabranch.replicated.LwwRegister;
import dev.anabranch.replicated.MvRegister;
import dev.anabranch.replicated.OrCart;
import dev.anabranch.replicated.OrMap;
import dev.anabranch.replicated.OrSet;
import dev.anabranch.replicated.PnCounter;
import dev.anabranch.replicated.Replicated;
import dev.anabranch.replicated.Tagged;
import dev.anabranch.replicated.TwoPhaseSet;
import dev.anabranch.replicated.Written;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads replicated data types in the forms of {@link ReplicatedTypes}, and nothing that would not
 * be written so. Each method starts at the first token of what it reads and ends at the last.
 */
record ReplicatedReader(JsonParser in, DeserializationContext context) {

  Replicated<?> read(JavaType type) throws IOException {
    var raw = type.getRawClass();
    if (raw == GrowCounter.class) {
      return isArray()
          ? GrowCounter.ofAmounts(readAmountsArray())
          : GrowCounter.ofValue(readNumber());
    }
    if (raw == PnCounter.class) {
      return isArray() ? PnCounter.ofAmounts(readAmountsArray()) : PnCounter.ofValue(readNumber());
    }
    var elements = type.containedTypeOrUnknown(0);
    if (raw == LwwRegister.class) {
      return LwwRegister.ofWrites(readArray(() -> readWritten(elements)));
    }
    if (raw == MvRegister.class) {
      return MvRegister.ofWrites(readArray(() -> readWritten(elements)));
    }
    if (raw == OrSet.class) {
      return OrSet.ofEntries(readArray(() -> readTagged(elements)));
    }
    if (raw == TwoPhaseSet.class) {
      return readTwoPhaseSet(elements);
    }
    if (raw == OrCart.class) {
      return OrCart.ofLines(readArray(() -> readLine(elements)));
    }
    if (raw == OrMap.class) {
      return readMap(elements, type.containedTypeOrUnknown(1));
    }
    throw mismatch("no replicated data type is called " + type.toCanonical() + "; name one");
  }

  private TwoPhaseSet<?> readTwoPhaseSet(JavaType elements) throws IOException {
    expect(JsonToken.START_OBJECT, "an object with added and removed");
    expectName("added");
    in.nextToken();
    var added = readArray(() -> readTagged(elements));
    expectName("removed");
    in.nextToken();
    var removed = readArray(() -> readTagged(elements));
    in.nextToken();
    expect(JsonToken.END_OBJECT, "nothing else");
    return TwoPhaseSet.ofEntries(added, removed);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the value type is known to Jackson alone
  private Replicated<?> readMap(JavaType keys, JavaType values) throws IOException {
    var entries = new ArrayList<OrMap.Entry>();
    for (var entry : readArray(() -> readMapEntry(keys, values))) {
      entries.add(entry);
    }
    return OrMap.ofEntries((Replicated) initialOf(values), (List) entries);
  }

  private OrMap.Entry<Object, Replicated<?>> readMapEntry(JavaType keys, JavaType values)
      throws IOException {
    startArray();
    var key = readElement(keys);
    in.nextToken();
    var events = readArray(this::readEvent);
    in.nextToken();
    var value = read(values);
    if (value instanceof GrowCounter counter && counter.amounts().isEmpty()
        || value instanceof PnCounter pnCounter && pnCounter.amounts().isEmpty()) {
      throw mismatch("a counter in a map is written with its amounts, not as a number");
    }
    endArray();
    return new OrMap.Entry<>(key, events, value);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // as above
  private Replicated<?> initialOf(JavaType type) throws JsonMappingException {
    var raw = type.getRawClass();
    if (raw == GrowCounter.class) {
      return GrowCounter.ZERO;
    }
    if (raw == PnCounter.class) {
      return PnCounter.ZERO;
    }
    if (raw == LwwRegister.class) {
      return LwwRegister.empty();
    }
    if (raw == MvRegister.class) {
      return MvRegister.empty();
    }
    if (raw == OrSet.class) {
      return OrSet.empty();
    }
    if (raw == TwoPhaseSet.class) {
      return TwoPhaseSet.empty();
    }
    if (raw == OrCart.class) {
      return OrCart.empty();
    }
    if (raw == OrMap.class) {
      return OrMap.of((Replicated) initialOf(type.containedTypeOrUnknown(1)));
    }
    throw mismatch(
        "values of an OrMap can't be of " + type.toCanonical() + "; take a replicated data type");
  }

  private Written<Object> readWritten(JavaType values) throws IOException {
    startArray();
    var event = readEvent();
    in.nextToken();
    expect(JsonToken.VALUE_NUMBER_INT, "a hybrid logical time");
    var hlc = in.getLongValue();
    in.nextToken();
    var value = readElement(values);
    endArray();
    return new Written<>(event, hlc, value);
  }

  private Tagged<Object> readTagged(JavaType elements) throws IOException {
    startArray();
    var element = readElement(elements);
    var events = new ArrayList<EventId>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      events.add(readEvent());
    }
    return new Tagged<>(element, events);
  }

  private OrCart.Line<Object> readLine(JavaType elements) throws IOException {
    startArray();
    var element = readElement(elements);
    in.nextToken();
    return new OrCart.Line<>(element, readAmounts());
  }

  private Amounts readAmountsArray() throws IOException {
    startArray();
    return readAmounts();
  }

  /** Ends at the end of the array that the amounts are the rest of. */
  private Amounts readAmounts() throws IOException {
    Optional<BigInteger> stable =
        in.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(readNumber());
    var unstable = new ArrayList<Amount>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      var event = readEvent();
      in.nextToken();
      unstable.add(new Amount(event, readNumber()));
    }
    return Amounts.of(stable, unstable);
  }

  private EventId readEvent() throws IOException {
    expect(JsonToken.VALUE_STRING, "an event id");
    return EventId.parse(in.getText());
  }

  private BigInteger readNumber() throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, "an integer");
    return in.getBigIntegerValue();
  }

  private Object readElement(JavaType type) throws IOException {
    var deserializer = context.findRootValueDeserializer(type);
    // An Optional that is empty is written as null.
    Object element =
        in.currentToken() == JsonToken.VALUE_NULL
            ? deserializer.getNullValue(context)
            : deserializer.deserialize(in, context);
    return Objects.requireNonNull(element, "an element can't be null");
  }

  private <T> List<T> readArray(ItemReader<T> item) throws IOException {
    expect(JsonToken.START_ARRAY, "an array");
    var items = new ArrayList<T>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(item.read());
    }
    return items;
  }

  private boolean isArray() {
    return in.currentToken() == JsonToken.START_ARRAY;
  }

  /** Moves to the first item, which must be there. */
  private void startArray() throws IOException {
    expect(JsonToken.START_ARRAY, "an array");
    in.nextToken();
  }

  private void endArray() throws IOException {
    in.nextToken();
    expect(JsonToken.END_ARRAY, "the end of the array");
  }

  private void expectName(String name) throws IOException {
    in.nextToken();
    if (in.currentToken() != JsonToken.FIELD_NAME || !in.currentName().equals(name)) {
      throw mismatch("a 2P-set has the properties added and removed, in this order");
    }
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (in.currentToken() != token) {
      throw mismatch("expected " + what + ", found " + in.currentToken());
    }
  }

  private JsonMappingException mismatch(String message) {
    return JsonMappingException.from(in, message);
  }

  private interface ItemReader<T> {
    T read() throws IOException;
  }
}

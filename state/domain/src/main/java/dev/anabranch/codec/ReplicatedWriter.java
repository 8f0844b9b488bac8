package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import dev.anabranch.causality.EventId;
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
import java.util.List;
import java.util.Optional;

/** Writes replicated data types in the forms of {@link ReplicatedTypes}. */
record ReplicatedWriter(JsonGenerator out, SerializerProvider provider) {

  void write(Replicated<?> value) throws IOException {
    if (value instanceof GrowCounter counter) {
      writeCounter(counter.amounts(), counter.exactValue());
    } else if (value instanceof PnCounter counter) {
      writeCounter(counter.amounts(), counter.exactValue());
    } else if (value instanceof LwwRegister<?> register) {
      writeWrites(register.writes());
    } else if (value instanceof MvRegister<?> register) {
      writeWrites(register.writes());
    } else if (value instanceof OrSet<?> set) {
      writeTagged(set.entries());
    } else if (value instanceof TwoPhaseSet<?> set) {
      out.writeStartObject();
      out.writeFieldName("added");
      writeTagged(set.added());
      out.writeFieldName("removed");
      writeTagged(set.removed());
      out.writeEndObject();
    } else if (value instanceof OrCart<?> cart) {
      writeLines(cart.lines());
    } else if (value instanceof OrMap<?, ?> map) {
      writeMap(map);
    } else {
      throw new IllegalArgumentException("no form for " + value.getClass().getName());
    }
  }

  private void writeCounter(Optional<Amounts> amounts, BigInteger sum) throws IOException {
    if (amounts.isEmpty()) {
      out.writeNumber(sum);
      return;
    }
    out.writeStartArray();
    writeAmounts(amounts.get());
    out.writeEndArray();
  }

  private void writeAmounts(Amounts amounts) throws IOException {
    if (amounts.stable().isPresent()) {
      out.writeNumber(amounts.stable().get());
    } else {
      out.writeNull();
    }
    for (var amount : amounts.unstable()) {
      out.writeString(amount.event().toString());
      out.writeNumber(amount.amount());
    }
  }

  private <T> void writeWrites(List<Written<T>> writes) throws IOException {
    out.writeStartArray();
    for (var written : writes) {
      out.writeStartArray();
      out.writeString(written.event().toString());
      out.writeNumber(written.hlc());
      writeElement(written.value());
      out.writeEndArray();
    }
    out.writeEndArray();
  }

  private <T> void writeTagged(List<Tagged<T>> entries) throws IOException {
    out.writeStartArray();
    for (var entry : entries) {
      out.writeStartArray();
      writeElement(entry.element());
      writeEvents(entry.events());
      out.writeEndArray();
    }
    out.writeEndArray();
  }

  private <T> void writeLines(List<OrCart.Line<T>> lines) throws IOException {
    out.writeStartArray();
    for (var line : lines) {
      out.writeStartArray();
      writeElement(line.element());
      writeAmounts(line.amounts());
      out.writeEndArray();
    }
    out.writeEndArray();
  }

  private <K, V extends Replicated<V>> void writeMap(OrMap<K, V> map) throws IOException {
    out.writeStartArray();
    for (var entry : map.entries()) {
      out.writeStartArray();
      writeElement(entry.key());
      out.writeStartArray();
      writeEvents(entry.events());
      out.writeEndArray();
      write(entry.value());
      out.writeEndArray();
    }
    out.writeEndArray();
  }

  private void writeEvents(List<EventId> events) throws IOException {
    for (var event : events) {
      out.writeString(event.toString());
    }
  }

  private void writeElement(Object element) throws IOException {
    provider
        .findTypedValueSerializer(element.getClass(), true, null)
        .serialize(element, out, provider);
  }
}

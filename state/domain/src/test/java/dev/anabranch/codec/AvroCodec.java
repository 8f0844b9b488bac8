package dev.anabranch.codec;

import dev.anabranch.api.CodecException;
import dev.anabranch.api.EncodedMessage;
import dev.anabranch.api.MessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * A second codec: one type of messages in Avro's binary form, the schema's name as its type name.
 */
final class AvroCodec<T> implements MessageCodec<T> {

  private final Schema schema;
  private final BiConsumer<T, GenericRecord> write;
  private final Function<GenericRecord, T> read;

  AvroCodec(Schema schema, BiConsumer<T, GenericRecord> write, Function<GenericRecord, T> read) {
    this.schema = schema;
    this.write = write;
    this.read = read;
  }

  @Override
  public String contentType() {
    return "application/avro";
  }

  @Override
  public EncodedMessage encode(T message) {
    var record = new GenericData.Record(schema);
    write.accept(message, record);
    try {
      var bytes = new ByteArrayOutputStream();
      var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
      encoder.flush();
      return new EncodedMessage(schema.getName(), 1, bytes.toByteArray());
    } catch (IOException e) {
      throw new CodecException(message + " can't be written as Avro", e);
    }
  }

  @Override
  public T decode(EncodedMessage encoded) {
    if (!encoded.type().equals(schema.getName())) {
      throw new CodecException("type " + encoded.type() + " is not registered");
    }
    try {
      var decoder = DecoderFactory.get().binaryDecoder(encoded.data(), null);
      var record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      if (!decoder.isEnd()) {
        throw new CodecException(encoded.type() + " is followed by more bytes");
      }
      return read.apply(record);
    } catch (IOException | AvroRuntimeException e) {
      throw new CodecException(encoded.type() + " is no valid Avro: " + e.getMessage(), e);
    }
  }
}

package dev.anabranch.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message as the broker has it: key, value and headers, not interpreted. */
@SuppressWarnings("ArrayRecordComponent") // never compared with equals
public record MessageRecord(
    byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {}

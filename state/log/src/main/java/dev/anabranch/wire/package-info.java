/**
 * The stored and published formats, byte by byte, each with its format version. No transport: what
 * carries the bytes is the connectors' affair.
 */
@NullMarked
package dev.anabranch.wire;

import org.jspecify.annotations.NullMarked;

/**
 * How domain objects become JSON and come back, and the upcasting of old JSON. The port that it
 * implements, {@code MessageCodec}, is in package {@code api}. The only package that knows Jackson.
 */
@NullMarked
package dev.anabranch.codec;

import org.jspecify.annotations.NullMarked;

/**
 * How domain objects become bytes and come back: the codec port, JSON by default, upcasting. The
 * only package that knows Jackson.
 */
@NullMarked
package dev.anabranch.codec;

import org.jspecify.annotations.NullMarked;

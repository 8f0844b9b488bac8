/** Bytes that were stored once, and must be readable for ever. */
@NullMarked
package dev.anabranch.format;

import org.jspecify.annotations.NullMarked;

/** Bytes of parts: stored in columns, headers and states. */
@NullMarked
package dev.anabranch.wire.blob;

import org.jspecify.annotations.NullMarked;

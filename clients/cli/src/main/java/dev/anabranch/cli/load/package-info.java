/**
 * A load that checks itself: it keeps what every answer must be consistent with, and gives a
 * verdict.
 */
@NullMarked
package dev.anabranch.cli.load;

import org.jspecify.annotations.NullMarked;

/**
 * Code of the guides that needs more than a domain does: compiled, and tested where that is cheap.
 */
@NullMarked
package dev.anabranch.playground.guide;

import org.jspecify.annotations.NullMarked;

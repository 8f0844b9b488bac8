/** Commands in bulk, with checked answers. */
@NullMarked
package dev.anabranch.playground.load;

import org.jspecify.annotations.NullMarked;

/** The bank's customers in the demo: what they send, and what must come of it. */
@NullMarked
package dev.anabranch.playground.traffic;

import org.jspecify.annotations.NullMarked;

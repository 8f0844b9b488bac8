/**
 * Replicated data types: immutable values that several regions change at once, and that become
 * equal wherever the same events were applied, in whatever order that respects causality. A state
 * record is composed of them. Pure values; no Jackson here, {@code codec} writes them.
 */
@NullMarked
package dev.anabranch.replicated;

import org.jspecify.annotations.NullMarked;

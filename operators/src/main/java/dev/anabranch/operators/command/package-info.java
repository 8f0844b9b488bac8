/**
 * The command operator: dedup, decide, evolve, group commit, emit. Knows the outside only through
 * the ports of {@code state}.
 */
@NullMarked
package dev.anabranch.operators.command;

import org.jspecify.annotations.NullMarked;

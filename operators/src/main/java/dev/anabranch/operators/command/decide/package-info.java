/**
 * What becomes of one command: expectations, homes, choices, the decider, and the words of the
 * answer.
 */
@NullMarked
package dev.anabranch.operators.command.decide;

import org.jspecify.annotations.NullMarked;

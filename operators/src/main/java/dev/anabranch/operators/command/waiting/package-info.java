/** Who waits for the outcome of a command: records that a lane has taken in, and who sent them. */
@NullMarked
package dev.anabranch.operators.command.waiting;

import org.jspecify.annotations.NullMarked;

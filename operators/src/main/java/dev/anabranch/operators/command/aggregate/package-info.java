/**
 * One aggregate as a task holds it: its committed state, what is decided on top of it, its graph
 * where several regions change it, and the cache of them all.
 */
@NullMarked
package dev.anabranch.operators.command.aggregate;

import org.jspecify.annotations.NullMarked;

/**
 * One aggregate as the regions make it together: its graph, states and conflicts, in keyed state
 * and on the heap.
 */
@NullMarked
package dev.anabranch.operators.replication.replica;

import org.jspecify.annotations.NullMarked;

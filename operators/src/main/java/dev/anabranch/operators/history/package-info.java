/**
 * The history of one aggregate that several regions change, in keyed state and on the heap: its
 * version graph, the states of its versions, and the commits of a command. Each job says where the
 * bytes lie and under which names; all else is here once.
 */
@NullMarked
package dev.anabranch.operators.history;

import org.jspecify.annotations.NullMarked;

/** Parts of an aggregate's keyed state, decoded on the heap while the aggregate is in use. */
@NullMarked
package dev.anabranch.operators.cache;

import org.jspecify.annotations.NullMarked;

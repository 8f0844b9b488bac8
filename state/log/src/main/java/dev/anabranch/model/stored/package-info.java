/** What the jobs keep in Flink's state. */
@NullMarked
package dev.anabranch.model.stored;

import org.jspecify.annotations.NullMarked;

/**
 * The projection operator: rows of the log become rows of tables. {@link
 * dev.anabranch.operators.projection.ProjectionOperator} is its Flink side.
 */
@NullMarked
package dev.anabranch.operators.projection;

import org.jspecify.annotations.NullMarked;

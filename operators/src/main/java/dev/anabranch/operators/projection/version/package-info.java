/** What the versions of all projections have in common. */
@NullMarked
package dev.anabranch.operators.projection.version;

import org.jspecify.annotations.NullMarked;

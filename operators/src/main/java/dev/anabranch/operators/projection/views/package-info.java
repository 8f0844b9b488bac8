/** Versions that follow the merged views. */
@NullMarked
package dev.anabranch.operators.projection.views;

import org.jspecify.annotations.NullMarked;

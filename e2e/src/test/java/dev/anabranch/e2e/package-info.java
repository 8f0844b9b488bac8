/** Jobs on a cluster of real processes, driven by the same commands that people use. */
@NullMarked
package dev.anabranch.e2e;

import org.jspecify.annotations.NullMarked;

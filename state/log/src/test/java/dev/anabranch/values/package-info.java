/** Random and sample values that the tests of this module share. */
@NullMarked
package dev.anabranch.values;

import org.jspecify.annotations.NullMarked;

/** Small domains of texts, which the tests of several modules share. */
@NullMarked
package dev.anabranch.testkit.sample;

import org.jspecify.annotations.NullMarked;

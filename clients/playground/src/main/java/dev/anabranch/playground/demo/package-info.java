/** The demo: regions with everything that they need, in one process. */
@NullMarked
package dev.anabranch.playground.demo;

import org.jspecify.annotations.NullMarked;

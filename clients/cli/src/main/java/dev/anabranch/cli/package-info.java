/**
 * The {@code anabranch} command and the demo. A thin layer: parsing and printing, no logic of its
 * own.
 */
@NullMarked
package dev.anabranch.cli;

import org.jspecify.annotations.NullMarked;

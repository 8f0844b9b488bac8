/**
 * The {@code anabranch} command: parsing, printing and exit codes. What it does lives in the
 * packages below, or in the modules that they use.
 */
@NullMarked
package dev.anabranch.cli;

import org.jspecify.annotations.NullMarked;

/**
 * How options come from a YAML file and arguments to typed, checked values, with every mistake
 * reported at once. Knows no particular option.
 */
@NullMarked
package dev.anabranch.jobs.config;

import org.jspecify.annotations.NullMarked;

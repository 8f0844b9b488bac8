/**
 * Checks that see the whole project: which package may know which, and how sources look. They live
 * in the module that depends on all others.
 */
@NullMarked
package dev.anabranch;

import org.jspecify.annotations.NullMarked;

/**
 * Folds the stored history with the code of a release that does not run yet, in a class loader of
 * its own, and says what it can't read or folds to something else.
 */
@NullMarked
package dev.anabranch.cli.replay;

import org.jspecify.annotations.NullMarked;

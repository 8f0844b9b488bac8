/**
 * What stored rows say once their bytes are read: a commit, and the states that commits make. Both
 * jobs, the command line and the test kit read them here, so that all of them see the same.
 */
@NullMarked
package dev.anabranch.history;

import org.jspecify.annotations.NullMarked;

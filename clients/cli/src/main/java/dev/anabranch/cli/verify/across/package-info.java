/** The comparison of several regions: commits, states, conflicts, views. */
@NullMarked
package dev.anabranch.cli.verify.across;

import org.jspecify.annotations.NullMarked;

/** What comes from other regions: rows of their logs, holes in them, and their requests. */
@NullMarked
package dev.anabranch.operators.replication.intake;

import org.jspecify.annotations.NullMarked;

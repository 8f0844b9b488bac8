/** Reading a region's log: sessions in turn, an aggregate's history, and what it folds to. */
@NullMarked
package dev.anabranch.cli.log;

import org.jspecify.annotations.NullMarked;

/** How things look when printed: tables, replies, reports, progress. Decides nothing. */
@NullMarked
package dev.anabranch.cli.text;

import org.jspecify.annotations.NullMarked;

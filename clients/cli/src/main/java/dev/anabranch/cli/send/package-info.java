/** Commands as JSON lines, and sending many of them. Knows no terminal. */
@NullMarked
package dev.anabranch.cli.send;

import org.jspecify.annotations.NullMarked;

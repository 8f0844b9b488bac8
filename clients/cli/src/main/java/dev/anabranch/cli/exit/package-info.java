/** How a command line ends: exit codes, and the errors that people see. */
@NullMarked
package dev.anabranch.cli.exit;

import org.jspecify.annotations.NullMarked;

/** What a job checks before it starts. */
@NullMarked
package dev.anabranch.jobs.checks;

import org.jspecify.annotations.NullMarked;

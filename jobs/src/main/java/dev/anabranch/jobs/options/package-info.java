/** What the jobs can be told, one class per group of options. */
@NullMarked
package dev.anabranch.jobs.options;

import org.jspecify.annotations.NullMarked;

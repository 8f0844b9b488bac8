/** What takes a load: the jobs, and the plain writers that they are compared with. */
@NullMarked
package dev.anabranch.benchmarks.subject;

import org.jspecify.annotations.NullMarked;

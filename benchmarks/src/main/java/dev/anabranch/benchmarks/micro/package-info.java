/** What single steps of a command's way cost, measured by JMH: {@code benchmarks/run jmh}. */
@NullMarked
package dev.anabranch.benchmarks.micro;

import org.jspecify.annotations.NullMarked;

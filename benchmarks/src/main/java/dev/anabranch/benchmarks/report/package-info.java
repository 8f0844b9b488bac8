/** Result files, and the tables and charts that are made of them. */
@NullMarked
package dev.anabranch.benchmarks.report;

import org.jspecify.annotations.NullMarked;

/** What tries Anabranch out on one machine: commands that start servers, clusters and load. */
@NullMarked
package dev.anabranch.playground;

import org.jspecify.annotations.NullMarked;

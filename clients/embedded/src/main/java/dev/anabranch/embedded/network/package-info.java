/** Ports of this machine, and a network between clients and a server that fails on request. */
@NullMarked
package dev.anabranch.embedded.network;

import org.jspecify.annotations.NullMarked;

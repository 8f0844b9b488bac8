/**
 * Given/when/then fixtures for domains and conformance suites for ports. Meant for test scope;
 * nothing in production depends on it.
 */
@NullMarked
package dev.anabranch.testkit;

import org.jspecify.annotations.NullMarked;

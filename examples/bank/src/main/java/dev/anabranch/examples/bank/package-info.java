/**
 * Accounts that are opened, credited, debited and closed. A pure domain: nothing but the domain API
 * is used.
 */
@NullMarked
package dev.anabranch.examples.bank;

import org.jspecify.annotations.NullMarked;

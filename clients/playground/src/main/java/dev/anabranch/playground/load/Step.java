package dev.anabranch.playground.load;

/**
 * One command of the load.
 *
 * @param account number of the aggregate
 * @param change what it adds, negative if it takes; 0: it opens
 * @param repeat whether the command was sent before, under the same id
 */
record Step(int account, int number, int change, boolean repeat) {}

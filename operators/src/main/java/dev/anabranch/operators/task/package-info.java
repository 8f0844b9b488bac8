/**
 * What the tasks of all three jobs have in common: the mailbox of the task's thread, and workers
 * beside it that wait for databases. Threads and time come from {@link
 * dev.anabranch.operators.task.TaskThreads}, so that a test may bring its own.
 */
@NullMarked
package dev.anabranch.operators.task;

import org.jspecify.annotations.NullMarked;

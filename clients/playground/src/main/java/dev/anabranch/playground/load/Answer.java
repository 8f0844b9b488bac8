package dev.anabranch.playground.load;

import dev.anabranch.model.message.ReplyStatus;

/**
 * What a reply said, as far as it can be checked.
 *
 * @param version after the command; of a rejection, the one that it was decided on
 * @param total what is left, from the result; -1: the result does not say
 */
record Answer(ReplyStatus status, String code, long version, long total) {}

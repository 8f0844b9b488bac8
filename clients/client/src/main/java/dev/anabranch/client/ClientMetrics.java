package dev.anabranch.client;

/**
 * What a client did since it was built.
 *
 * @param sent commands taken to be sent, each once
 * @param replied commands that came as far as their level asks
 * @param retried further attempts
 * @param timedOut commands that failed for want of a reply or an acknowledgement
 * @param failed commands that failed for other reasons
 * @param lateReplies replies to commands that were answered or given up before; dropped
 * @param inFlight commands under way
 */
public record ClientMetrics(
    long sent,
    long replied,
    long retried,
    long timedOut,
    long failed,
    long lateReplies,
    int inFlight) {}

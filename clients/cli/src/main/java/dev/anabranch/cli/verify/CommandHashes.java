package dev.anabranch.cli.verify;

import dev.anabranch.model.Outcome;

/**
 * The commands of one shard that have an outcome, as hashes.
 *
 * <p><b>Bounds.</b> 16 to 32 bytes for each. With a million commands, two of them share a hash once
 * in thirty million shards: whoever is told of a repeat looks at the rows themselves.
 */
final class CommandHashes {

  private static final long PRIME = 0x100000001b3L;

  private final LongSet hashes = new LongSet();

  /** Whether the outcome's command may have had another one before, in the same slot. */
  boolean isRepeated(Outcome outcome) {
    return outcome.commandId() != null && !hashes.add(hash(outcome, outcome.commandId()));
  }

  private static long hash(Outcome outcome, String commandId) {
    var hash = 0xcbf29ce484222325L;
    hash = add(hash, outcome.aggregate().type());
    hash = add(hash, outcome.aggregate().id());
    hash = add(hash, commandId);
    return mix(add(hash, outcome.slot()));
  }

  private static long add(long hash, String text) {
    var next = hash;
    for (var i = 0; i < text.length(); i++) {
      next = (next ^ text.charAt(i)) * PRIME;
    }
    // A character that is in no text ends it: "ab" + "c" is not "a" + "bc".
    return (next ^ 0x1_0000) * PRIME;
  }

  /** FNV leaves its low bits weak; this is the finalizer of MurmurHash3. */
  private static long mix(long hash) {
    var mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}

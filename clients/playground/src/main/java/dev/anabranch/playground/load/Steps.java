package dev.anabranch.playground.load;

import java.util.BitSet;
import java.util.Random;

/** The commands of a load, the same for the same seed. */
final class Steps {

  static final int ACCOUNTS = 200;
  private static final int RECENT = 256;
  private static final int REPEATED_PERCENT = 3;
  private static final int TAKEN_PERCENT = 45;
  private static final int MAX_AMOUNT = 20_000;

  private final Random random;
  private final BitSet opened = new BitSet();
  private final Step[] recent = new Step[RECENT];
  private int count;

  Steps(long seed) {
    this.random = new Random(seed);
  }

  Step next() {
    if (count > 0 && random.nextInt(100) < REPEATED_PERCENT) {
      var old = recent[random.nextInt(Math.min(count, RECENT))];
      return new Step(old.account(), old.number(), old.change(), true);
    }
    var account = random.nextInt(ACCOUNTS);
    var step = new Step(account, count, change(account), false);
    recent[count % RECENT] = step;
    count++;
    return step;
  }

  private int change(int account) {
    if (!opened.get(account)) {
      opened.set(account);
      return 0;
    }
    var amount = 1 + random.nextInt(MAX_AMOUNT);
    return random.nextInt(100) < TAKEN_PERCENT ? -amount : amount;
  }
}

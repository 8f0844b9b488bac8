package dev.anabranch.operators.command.aggregate;

/**
 * Who keeps an aggregate on the heap: it has to know what the aggregate takes, and when to write it
 * back.
 *
 * <p><b>Threads.</b> The task's thread only.
 */
public interface Keeper {

  /** Keeps nothing; for an aggregate that is never written. */
  Keeper NOBODY =
      new Keeper() {
        @Override
        public void changed() {}

        @Override
        public void grew(long moreBytes) {}

        @Override
        public long bytes() {
          return 0;
        }
      };

  /** The committed part has moved away from the keyed state. */
  void changed();

  /** Events were folded, or it is known now what the state takes. Less than 0: it takes less. */
  void grew(long moreBytes);

  /**
   * Estimate of the state's size: as its codec wrote it last, and the events since then. What an
   * aggregate takes on the heap is more, by a factor that only its type knows.
   */
  long bytes();
}

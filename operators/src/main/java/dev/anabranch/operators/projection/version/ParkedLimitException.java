package dev.anabranch.operators.projection.version;

import java.util.Locale;

/** A version has as many parked rows as it may have: it stops until some were dealt with. */
public final class ParkedLimitException extends Exception {
  private static final long serialVersionUID = 1L;

  public ParkedLimitException(Object version, int parked, int limit) {
    super(
        String.format(
            Locale.ROOT,
            "%s has %d parked rows, %d is the limit: it stops, the job and its other versions go on."
                + " Mend its code and have the dead letters tried again, discard them ('anabranch"
                + " projections dead-letters list'), or raise projections.max-parked",
            version,
            parked,
            limit));
  }
}
